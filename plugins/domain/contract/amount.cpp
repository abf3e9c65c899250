#include "amount.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace cinnabar::contract {
namespace {

// Full-width forms (U+FF01 to U+FF5E, three bytes of UTF-8) as the ASCII characters they widen.
std::string narrowed(std::string_view text) {
  constexpr unsigned kFirst = 0xFF01, kLast = 0xFF5E, kShift = 0xFEE0;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\xEF' && i + 2 < text.size()) {
      const unsigned middle = static_cast<unsigned char>(text[i + 1]) & 0x3Fu;
      const unsigned low = static_cast<unsigned char>(text[i + 2]) & 0x3Fu;
      const unsigned code = 0xF000u | middle << 6 | low;
      if (code >= kFirst && code <= kLast) {
        out += static_cast<char>(code - kShift);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

// Without the commas between groups of three digits; as it is where they stand anywhere else, so
// that nobody reads "1,5" as fifteen.
std::string ungrouped(const std::string& text) {
  constexpr std::size_t kGroup = 3;
  const std::size_t start = text.starts_with('-') ? 1 : 0;
  const std::size_t end = std::min(text.find('.'), text.size());
  std::string digits;
  std::size_t run = 0, commas = 0;
  for (std::size_t i = start; i < end; ++i) {
    if (text[i] != ',') {
      digits += text[i];
      ++run;
      continue;
    }
    if (run == 0 || run > kGroup || (commas > 0 && run != kGroup)) return text;
    ++commas;
    run = 0;
  }
  if (commas > 0 && run != kGroup) return text;
  return text.substr(0, start) + digits + text.substr(end);
}

}  // namespace

std::optional<double> number_in(const Json& value) {
  if (value.is_number()) return value.number();
  const std::string text = ungrouped(narrowed(value.text()));
  const char* const last = text.data() + text.size();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (text.empty() || error != std::errc() || end != last || !std::isfinite(number))
    return std::nullopt;
  return number;
}

}  // namespace cinnabar::contract
