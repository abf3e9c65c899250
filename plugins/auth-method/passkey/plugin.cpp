// cinnabar.auth-passkey: the signing authentication method "passkey".
#include "passkey_method.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar {
namespace {

class PasskeyPlugin final : public PasskeyMethod {
 public:
  explicit PasskeyPlugin(Host& host)
      : PasskeyMethod([&host](std::size_t size) { return host.random(size); },
                      [&host] { return host.now(Clock::real); }) {}
};

}  // namespace

CINNABAR_PLUGIN(PasskeyPlugin)

}  // namespace cinnabar
