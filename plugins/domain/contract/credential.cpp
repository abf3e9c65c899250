#include "credential.hpp"

namespace cinnabar::contract {
namespace {

// A certificate must outlast the contracts that it certifies: the longest deadline and a margin.
constexpr std::int64_t kRemainingMinMs = std::int64_t{400} * 86'400'000;

}  // namespace

Credential PlatformCredential::get(const Call& call) {
  const std::lock_guard lock(mutex_);
  if (!current_ || !lasts(*current_, kRemainingMinMs)) current_ = newest(call);
  if (current_ && lasts(*current_, kRemainingMinMs)) return *current_;
  // An authority that ends soon gives nothing that lasts longer than what is there.
  const std::int64_t longest = host_.service<CertificateAuthority>(call).info({}).not_after_ms;
  if (!current_ || !lasts(*current_, 0) || current_->not_after_ms < longest) current_ = issue(call);
  return *current_;
}

bool PlatformCredential::lasts(const Credential& credential, std::int64_t remaining_ms) const {
  return credential.not_after_ms > host_.now_ms(Clock::real) + remaining_ms;
}

std::optional<Credential> PlatformCredential::newest(const Call& call) const {
  const Store store(host_, call, {});
  auto row = store.find(kCredentials, "not_after > ? ORDER BY not_after DESC LIMIT 1",
                        {host_.now_ms(Clock::real)});
  if (!row) return std::nullopt;
  return std::move(row->credential);
}

// Two nodes that start at the same moment may each make one: both are good, both are kept.
Credential PlatformCredential::issue(const Call& call) const {
  IssueRequest request;
  request.profile = "document";
  request.common_name = name_;
  request.identifier = host_.new_id("plt");
  Credential credential = host_.service<CertificateAuthority>(call).issue(request);
  WriteSet writes;
  Store(host_, call, {})
      .insert(writes, kCredentials,
              CredentialRow{credential.sha256, Time{credential.not_after_ms}, credential});
  host_.commit(call, writes);
  return credential;
}

}  // namespace cinnabar::contract
