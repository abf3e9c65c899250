#include "credentials.hpp"

#include <algorithm>

namespace cinnabar {
namespace {

constexpr std::int64_t kCertificateNameMax = 64;

Credential credential_of(const CredentialRow& row) {
  Credential out;
  out.key = {row.key_store, row.key_id};
  for (const std::string& text : row.chain) {
    auto der = from_base64(text);
    if (!der) throw failure("the stored certificate of " + row.subject + " is no base64");
    out.chain.emplace_back(std::move(*der));
  }
  out.serial = row.serial;
  out.sha256 = row.sha256;
  out.not_before_ms = row.not_before;
  out.not_after_ms = row.not_after;
  return out;
}

CredentialRow row_of(const Credential& credential) {
  CredentialRow row;
  row.key_store = credential.key.store;
  row.key_id = credential.key.id;
  for (const Bytes& der : credential.chain) row.chain.push_back(to_base64(der.view()));
  row.serial = credential.serial;
  row.sha256 = credential.sha256;
  row.not_before = credential.not_before_ms;
  row.not_after = credential.not_after_ms;
  return row;
}

}  // namespace

std::string certificate_name(std::string_view name) {
  std::size_t end = 0;
  for (std::int64_t characters = 0; end < name.size(); ++end) {
    const bool starts = (static_cast<unsigned char>(name[end]) & 0xC0) != 0x80;
    if (starts && ++characters > kCertificateNameMax) break;
  }
  return std::string(name.substr(0, end));
}

std::optional<CredentialRow> CredentialsTable::newest(const std::string& subject) const {
  return store_.find(kCredentials, "subject = ? ORDER BY generation DESC LIMIT 1", {subject});
}

bool CredentialsTable::lasts(const CredentialRow& row) const {
  const std::int64_t margin = std::min(kRenewBeforeMs, (row.not_after - row.not_before) / 3);
  return row.ended == 0 && row.not_after > host_.now_ms(Clock::real) + margin;
}

std::optional<Credential> CredentialsTable::find(const std::string& subject) const {
  const auto row = newest(subject);
  if (!row || !lasts(*row)) return std::nullopt;
  return credential_of(*row);
}

Credential CredentialsTable::obtain(const std::string& subject, const std::string& profile,
                                    const std::string& name, const std::string& identifier,
                                    WriteSet& writes) const {
  const auto row = newest(subject);
  if (row && lasts(*row)) return credential_of(*row);
  IssueRequest request;
  request.profile = profile;
  request.common_name = certificate_name(name);
  if (profile == "enterprise") request.organization = request.common_name;
  request.identifier = identifier;
  request.key_store = key_store_;
  const Credential issued = host_.service<CertificateAuthority>(call_).issue(request);
  CredentialRow fresh = row_of(issued);
  fresh.subject = subject;
  fresh.generation = row ? row->generation + 1 : 1;
  fresh.owner = store_.owner();
  store_.insert(writes, kCredentials, fresh);
  return issued;
}

std::vector<CredentialRow> CredentialsTable::retire(const std::string& subject,
                                                    WriteSet& writes) const {
  const std::int64_t now_ms = host_.now_ms(Clock::real);
  writes.run("UPDATE seal_credential SET ended = ? WHERE owner = ? AND subject = ? AND ended = 0",
             {now_ms, store_.owner(), subject});
  return store_.list(kCredentials, "subject = ? AND ended = 0 AND not_after > ?",
                     {subject, now_ms});
}

}  // namespace cinnabar
