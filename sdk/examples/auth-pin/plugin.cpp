// com.example.auth-pin: the signing authentication method "pin".
#include "pin_method.hpp"

#include <cinnabar/plugin.hpp>

namespace example {

class PinPlugin final : public PinMethod {
 public:
  explicit PinPlugin(cinnabar::Host& host)
      : PinMethod([&host](std::size_t size) { return host.random(size); },
                  [&host] { return host.now_ms(cinnabar::Clock::real); }) {}
};

}  // namespace example

CINNABAR_PLUGIN(example::PinPlugin)
