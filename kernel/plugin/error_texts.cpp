#include "kernel/plugin/error_texts.hpp"

#include "kernel/base/resources.hpp"

#include <cinnabar/json.hpp>

namespace cinnabar::kernel {

const std::map<std::string, ErrorText>& kernel_errors() {
  static const auto kTexts =
      from_json<std::map<std::string, ErrorText>>(resources::kErrors, Reading::strict);
  return kTexts;
}

std::string filled(std::string_view text, const ErrorParams& params) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('}', open);
    if (close == std::string_view::npos) return out.append(text.substr(open));
    const std::string_view name = text.substr(open + 1, close - open - 1);
    for (const auto& [key, value] : params)
      if (key == name) out += value;
    text.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace cinnabar::kernel
