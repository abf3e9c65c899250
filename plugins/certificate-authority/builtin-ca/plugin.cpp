// The door of the built-in certificate authority. It opens at start, when the key store is there.
#include "authority.hpp"

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
  }

  Credential issue(const IssueRequest& request, const Call&) override {
    return authority().issue(request);
  }
  AuthorityInfo info(const AuthorityRequest&, const Call&) override { return authority().info(); }

 private:
  Authority& authority() {
    if (!authority_) throw Error("certificate.authority_missing", {}, {}, CINNABAR_UNAVAILABLE);
    return *authority_;
  }

  Host& host_;
  std::unique_ptr<Authority> authority_;
};

}  // namespace
}  // namespace cinnabar::builtinca

CINNABAR_PLUGIN(cinnabar::builtinca::BuiltinCaPlugin)
