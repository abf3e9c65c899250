// cinnabar.auth-password: the signing authentication method "password".
#include "password_method.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar {
namespace {

class PasswordPlugin final : public PasswordMethod {
 public:
  explicit PasswordPlugin(Host& host)
      : PasswordMethod([&host](std::size_t size) { return host.random(size); },
                       [&host] { return host.now_ms(Clock::real); }) {}
};

}  // namespace

CINNABAR_PLUGIN(PasswordPlugin)

}  // namespace cinnabar
