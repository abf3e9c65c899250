// Languages of answers: which of "zh" and "en" a client wants (RFC 9110 section 12.5.4). Pure; any
// thread.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

namespace cinnabar {
namespace detail {


inline std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// "q=0.8" among the parameters of a language range.
inline double quality(std::string_view parameters) {
  const std::size_t at = parameters.find("q=");
  if (at == std::string_view::npos) return 1;
  return std::atof(std::string(parameters.substr(at + 2, 5)).c_str());
}

inline bool is_language(std::string_view range, std::string_view language) {
  if (range.size() < 2 || (range.size() > 2 && range[2] != '-')) return false;
  return (range[0] | 0x20) == language[0] && (range[1] | 0x20) == language[1];
}

}  // namespace detail

// The better one for an Accept-Language header; the fallback when it names neither.
inline std::string choose_locale(std::string_view accept_language, std::string_view fallback) {
  double best = 0;
  std::string_view chosen = fallback;
  while (!accept_language.empty()) {
    const std::string_view item = accept_language.substr(0, accept_language.find(','));
    accept_language.remove_prefix(item.size() + (item.size() < accept_language.size()));
    const std::size_t semicolon = item.find(';');
    const std::string_view range = detail::trim_blanks(item.substr(0, semicolon));
    const double q = semicolon == std::string_view::npos
                         ? 1
                         : detail::quality(item.substr(semicolon + 1));
    if (q <= best) continue;
    for (const std::string_view language : {"zh", "en"}) {
      if (!detail::is_language(range, language)) continue;
      best = q;
      chosen = language;
    }
  }
  return std::string(chosen);
}

}  // namespace cinnabar
