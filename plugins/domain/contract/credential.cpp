#include "credential.hpp"

namespace cinnabar::contract {
namespace {

// A certificate must outlast the contracts that it certifies: the longest deadline and a margin.
constexpr std::int64_t kRemainingMinMs = std::int64_t{400} * 86'400'000;

}  // namespace

Credential PlatformCredential::get(const Call& call) {
  const std::lock_guard lock(mutex_);
  const std::int64_t needed = host_.now_ms(Clock::real) + kRemainingMinMs;
  if (!current_ || current_->not_after_ms < needed) current_ = stored(call);
  if (!current_) current_ = issue(call);
  return *current_;
}

std::optional<Credential> PlatformCredential::stored(const Call& call) const {
  const Store store(host_, call, {});
  auto row = store.find(kCredentials, "not_after >= ? ORDER BY not_after DESC LIMIT 1",
                        {host_.now_ms(Clock::real) + kRemainingMinMs});
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
