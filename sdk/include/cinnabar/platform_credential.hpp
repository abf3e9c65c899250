// PlatformCredential: a document certificate of the installation itself, with which a plugin signs
// in the platform's name. Made when first needed, kept in a table of the plugin's own (id,
// not_after, credential), renewed before it ends. Any thread.
#pragma once

#include <cinnabar/services/trust.hpp>
#include <cinnabar/store.hpp>

#include <mutex>

namespace cinnabar {

struct PlatformCredentialRow {
  std::string id;  // sha256 of the certificate
  Time not_after;
  Credential credential;
};
CINNABAR_DESCRIBE(PlatformCredentialRow, id, not_after, credential)
using PlatformCredentials = Table<PlatformCredentialRow>;

class PlatformCredential {
 public:
  // remaining_ms: one that ends sooner is replaced. id_prefix: of the certificate's identifier.
  PlatformCredential(const Host& host, PlatformCredentials table, std::string name,
                     std::string id_prefix, std::int64_t remaining_ms)
      : host_(host),
        table_(table),
        name_(std::move(name)),
        id_prefix_(std::move(id_prefix)),
        remaining_ms_(remaining_ms) {}

  // Makes one when there is none that lasts. Throws what the certificate authority throws.
  Credential get(const Call& call) {
    const std::lock_guard lock(mutex_);
    if (!lasts(remaining_ms_)) load(call);
    if (lasts(remaining_ms_)) return *current_;
    // An authority that ends soon gives nothing that lasts longer than what is there.
    const std::int64_t longest = host_.service<CertificateAuthority>(call).info({}).not_after_ms;
    if (!lasts(0) || current_->not_after_ms < longest) current_ = issue(call);
    return *current_;
  }

 private:
  bool lasts(std::int64_t remaining_ms) const {
    return current_ && current_->not_after_ms > host_.now_ms(Clock::real) + remaining_ms;
  }
  void load(const Call& call) {
    auto row = Store(host_, call, {})
                   .find(table_, "not_after > ? ORDER BY not_after DESC LIMIT 1",
                         {host_.now_ms(Clock::real)});
    if (row) current_ = std::move(row->credential);
  }
  // Two nodes that come here at once may each make one: both are good, both are kept.
  Credential issue(const Call& call) const {
    IssueRequest request;
    request.profile = "document";
    request.common_name = name_;
    request.identifier = host_.new_id(id_prefix_);
    Credential credential = host_.service<CertificateAuthority>(call).issue(request);
    WriteSet writes;
    Store(host_, call, {})
        .insert(writes, table_,
                PlatformCredentialRow{credential.sha256, Time{credential.not_after_ms},
                                      credential});
    host_.commit(call, writes);
    return credential;
  }

  const Host& host_;
  PlatformCredentials table_;
  std::string name_;
  std::string id_prefix_;
  std::int64_t remaining_ms_;
  std::mutex mutex_;
  std::optional<Credential> current_;
};

}  // namespace cinnabar
