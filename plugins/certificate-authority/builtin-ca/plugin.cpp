// The door of the built-in certificate authority. It opens at start, when the key store is there.
#include "status_service.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar::builtinca {
namespace {

class BuiltinCaPlugin final : public CertificateAuthority {
 public:
  explicit BuiltinCaPlugin(Host& host) : host_(host) {}

  void start() {
    Surroundings surroundings;
    surroundings.keys = [this](const std::string& store) {
      return KeyStoreClient(host_.table<cinnabar_key_store>("cinnabar.key-store/1", store));
    };
    surroundings.random = [this](std::size_t size) { return host_.random(size); };
    surroundings.now_ms = [this] { return host_.now_ms(Clock::real); };
    authority_ = std::make_unique<Authority>(host_.data_folder(), host_.config<Config>(),
                                             std::move(surroundings));
    status_ = std::make_unique<StatusService>(*authority_);
  }

  Credential issue(const IssueRequest& request, const Call&) override {
    return authority().issue(request);
  }
  AuthorityInfo info(const AuthorityRequest&, const Call&) override { return authority().info(); }
  Revoked revoke(const RevokeRequest& request, const Call&) override {
    return status().revoke(request);
  }
  ValidationData proof(const ProofRequest& request, const Call&) override {
    return status().proof(request.chain);
  }
  Crl crl(const CrlRequest& request, const Call&) override { return status().crl(request.issuer); }
  OcspAnswer ocsp(const OcspQuery& query, const Call&) override {
    return status().ocsp(query.request.view());
  }

 private:
  Authority& authority() {
    if (!authority_) throw Error("certificate.authority_missing", {}, {}, CINNABAR_UNAVAILABLE);
    return *authority_;
  }

  StatusService& status() {
    authority();
    return *status_;
  }

  Host& host_;
  std::unique_ptr<Authority> authority_;
  std::unique_ptr<StatusService> status_;
};

}  // namespace
}  // namespace cinnabar::builtinca

CINNABAR_PLUGIN(cinnabar::builtinca::BuiltinCaPlugin)
