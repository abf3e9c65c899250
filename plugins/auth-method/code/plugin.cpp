// cinnabar.auth-code: the signing authentication method "code".
#include "code_method.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar {
namespace {

class CodePlugin final : public CodeMethod {
 public:
  explicit CodePlugin(Host& host)
      : CodeMethod([&host](std::size_t size) { return host.random(size); },
                   [&host] { return host.now_ms(Clock::real); }) {}
};

}  // namespace

CINNABAR_PLUGIN(CodePlugin)

}  // namespace cinnabar
