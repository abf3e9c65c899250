// @title@: a certificate authority that stands before another one: it decides which certificates
// are issued, logs those that were, and hands the work on. Replace issue() by a call to your own
// authority. Thread-safety: any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/trust.hpp>

#include <algorithm>

namespace @ident@_plugin {

// As the manifest's `config` describes it. Every call carries the enterprise's own.
struct Settings {
  std::string provider = "builtin-ca";
  std::vector<std::string> profiles{"enterprise", "person"};
};
CINNABAR_DESCRIBE(Settings, (provider, length(1, 64)), (profiles, items(1, 10)))

class @Class@ final : public cinnabar::CertificateAuthority {
 public:
  explicit @Class@(cinnabar::Host& host) : host_(host) {}

  cinnabar::Credential issue(const cinnabar::IssueRequest& in,
                             const cinnabar::Call& call) override {
    const auto profiles = call.config<Settings>().profiles;
    if (std::find(profiles.begin(), profiles.end(), in.profile) == profiles.end())
      throw cinnabar::Error("@ident@.profile_refused", {{"profile", in.profile}});
    cinnabar::Credential out = next(call).issue(in);
    // The serial says which one it was; whose it is does not belong into a log.
    host_.log(cinnabar::Level::info, "issued " + in.profile + " certificate " + out.serial);
    return out;
  }
  cinnabar::AuthorityInfo info(const cinnabar::AuthorityRequest& in,
                               const cinnabar::Call& call) override {
    return next(call).info(in);
  }
  cinnabar::Revoked revoke(const cinnabar::RevokeRequest& in, const cinnabar::Call& call) override {
    return next(call).revoke(in);
  }
  cinnabar::ValidationData proof(const cinnabar::ProofRequest& in,
                                 const cinnabar::Call& call) override {
    return next(call).proof(in);
  }
  cinnabar::Crl crl(const cinnabar::CrlRequest& in, const cinnabar::Call& call) override {
    return next(call).crl(in);
  }
  cinnabar::OcspAnswer ocsp(const cinnabar::OcspQuery& in, const cinnabar::Call& call) override {
    return next(call).ocsp(in);
  }

 private:
  cinnabar::Client<cinnabar::CertificateAuthority> next(const cinnabar::Call& call) const {
    std::string provider = call.config<Settings>().provider;
    if (provider == "@name@") throw cinnabar::Error("@ident@.provider_unfit");
    return host_.service<cinnabar::CertificateAuthority>(call, std::move(provider));
  }

  cinnabar::Host& host_;
};

}  // namespace @ident@_plugin
