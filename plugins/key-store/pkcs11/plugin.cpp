// The door of the PKCS #11 key store. Without a module in its configuration it is switched off.
#include "pkcs11_key_store.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar::pkcs11keys {

struct Config {
  std::string module;
  std::string token_label;
  std::string token_serial;
  std::string pin_file;
  std::string label_prefix = "cinnabar ";
  int sessions_max = 8;
};
CINNABAR_DESCRIBE(Config, (module, doc("Library of the token's maker; empty: switched off.")),
                  (token_label, length(0, 32)), (token_serial, length(0, 16)), pin_file,
                  (label_prefix, length(0, 64)), (sessions_max, range(1, 256)))

namespace {

class Pkcs11KeysPlugin final : public KeyStore {
 public:
  explicit Pkcs11KeysPlugin(Host& host) : host_(host) {}

  // A module that cannot be loaded ends the start. A token that is not there, or that refuses the
  // PIN, is said now and again with each use, until it is there.
  void start() {
    const Config config = host_.config<Config>();
    if (config.module.empty()) return;
    store_ = std::make_unique<Pkcs11KeyStore>(
        TokenSettings{config.module, config.token_label, config.token_serial, config.pin_file,
                      config.sessions_max},
        config.label_prefix, [this] { return host_.new_id("key"); });
    try {
      store_->check();
    } catch (const Error& error) {
      host_.log(Level::error, std::string("the token cannot be used: ") + error.what());
    }
  }

  std::string create(std::string_view algorithm) override { return store().create(algorithm); }
  std::string public_key(std::string_view id) override { return store().public_key(id); }
  std::string sign(std::string_view id, std::string_view digest_algorithm,
                   std::string_view digest) override {
    return store().sign(id, digest_algorithm, digest);
  }
  void destroy(std::string_view id) override { store().destroy(id); }

 private:
  KeyStore& store() {
    if (!store_) throw Error("key.token_off", {}, {}, CINNABAR_UNAVAILABLE);
    return *store_;
  }

  Host& host_;
  std::unique_ptr<Pkcs11KeyStore> store_;
};

}  // namespace
}  // namespace cinnabar::pkcs11keys

CINNABAR_PLUGIN(cinnabar::pkcs11keys::Pkcs11KeysPlugin)
