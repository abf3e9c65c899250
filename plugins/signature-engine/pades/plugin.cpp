// The door of the signature engine: keys from the key store's table, stamps from the timestamp
// authority that the call's owner has bound.
#include "engine.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar::pades {
namespace {

class PadesPlugin final : public SignatureEngine {
 public:
  explicit PadesPlugin(Host& host) : host_(host) {}

  DocumentState base_state(const BaseRequest& request, const Call&) override {
    return engine_.base_state(request);
  }

  Signed sign(const SignRequest& request, const Call& call) override {
    const auto* table = host_.table<cinnabar_key_store>("cinnabar.key-store/1", request.key.store);
    if (!table)
      throw Error("signature.key_unavailable", {{"reason", "key.store_missing"}}, {},
                  CINNABAR_UNAVAILABLE);
    const KeyStoreClient keys(table);
    return engine_.sign(
        request,
        {[&] { return keys.public_key(request.key.id); },
         [&](std::string_view algorithm, std::string_view digest) {
           return keys.sign(request.key.id, algorithm, digest);
         },
         [&](std::string_view digest) {
           return host_.service<TimestampAuthority>(call).stamp({to_hex(digest), "sha256"});
         }});
  }

 private:
  Host& host_;
  PadesEngine engine_;
};

}  // namespace
}  // namespace cinnabar::pades

CINNABAR_PLUGIN(cinnabar::pades::PadesPlugin)
