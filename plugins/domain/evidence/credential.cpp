#include "credential.hpp"

#include <cinnabar/cms.hpp>
#include <cinnabar/tables.hpp>

namespace cinnabar::evidence {
namespace {

// Renewed that long before it ends, so that what it signs can be checked for a while without an
// archive's help.
constexpr std::int64_t kRemainingMinMs = std::int64_t{90} * 86'400'000;

}  // namespace

Credential OwnCredential::get(const Call& call) {
  const std::lock_guard lock(mutex_);
  const std::int64_t now = host_.now_ms(Clock::real);
  const auto lasts = [&](std::int64_t more) {
    return current_ && current_->not_after_ms > now + more;
  };
  if (lasts(kRemainingMinMs)) return *current_;
  if (auto row = Store(host_, call, {})
                     .find(kCredentials, "not_after > ? ORDER BY not_after DESC LIMIT 1", {now}))
    current_ = std::move(row->credential);
  if (lasts(kRemainingMinMs)) return *current_;
  // An authority that ends soon gives nothing that lasts longer than what is there.
  const std::int64_t longest = host_.service<CertificateAuthority>(call).info({}).not_after_ms;
  if (!lasts(0) || current_->not_after_ms < longest) current_ = issue(call);
  return *current_;
}

// Two nodes that come here at once may each make one: both are good, both are kept.
Credential OwnCredential::issue(const Call& call) const {
  IssueRequest request;
  request.profile = "document";
  request.common_name = name_;
  request.identifier = host_.new_id("evi");
  Credential credential = host_.service<CertificateAuthority>(call).issue(request);
  WriteSet writes;
  Store(host_, call, {})
      .insert(writes, kCredentials,
              CredentialRow{credential.sha256, Time{credential.not_after_ms}, credential});
  host_.commit(call, writes);
  return credential;
}

std::string OwnCredential::sign(std::string_view content, const Call& call) {
  const Credential credential = get(call);
  std::vector<std::string_view> chain;
  for (const Bytes& certificate : credential.chain) chain.push_back(certificate.view());
  const CmsSigner signer(chain, digest_for(chain.front()));
  const std::string attributes = signer.attributes(cms::kData, signer.digest_of(content));
  const KeyStoreClient keys(
      host_.table<cinnabar_key_store>("cinnabar.key-store/1", credential.key.store));
  const std::string signature = keys.sign(credential.key.id, signer.digest_name(),
                                          signer.attributes_digest(attributes));
  const Stamp stamp =
      host_.service<TimestampAuthority>(call).stamp({to_hex(sha256(signature)), "sha256"});
  return signer.assemble(cms::kData, {}, attributes, signature, stamp.token.view());
}

}  // namespace cinnabar::evidence
