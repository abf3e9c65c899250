#include "cell_text.hpp"

#include "fault.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace cinnabar::xlsx {
namespace {

// Up to here every whole number is exact, and programs show all its digits.
constexpr double kExactMax = 1e15;
constexpr std::size_t kEscapeSize = 7;  // _xHHHH_

std::string utf8(char32_t code) {
  std::string out;
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
  return out;
}

// The value of an escape that begins at `at`; -1: none does.
std::int32_t escape_at(std::string_view text, std::size_t at) {
  if (text.size() - at < kEscapeSize || text[at] != '_' || text[at + 1] != 'x' ||
      text[at + 6] != '_')
    return -1;
  std::uint32_t value = 0;
  const char* const end = text.data() + at + 6;
  const auto [stop, error] = std::from_chars(text.data() + at + 2, end, value, 16);
  return error == std::errc() && stop == end ? static_cast<std::int32_t>(value) : -1;
}

}  // namespace

CellPlace place_of(std::string_view reference) {
  CellPlace place;
  std::size_t at = 0;
  for (; at < reference.size() && reference[at] >= 'A' && reference[at] <= 'Z' && at < 4; ++at)
    place.column = place.column * 26 + (reference[at] - 'A' + 1);
  if (place.column < 1 || place.column > kColumnNumberMax)
    throw damaged("a cell has no place in the table");
  place.row = counted(reference.substr(at), kRowNumberMax);
  return place;
}

std::string reference_of(const CellPlace& place) {
  std::string letters;
  for (std::int64_t column = place.column; column > 0; column = (column - 1) / 26)
    letters += static_cast<char>('A' + (column - 1) % 26);
  std::reverse(letters.begin(), letters.end());
  return letters + std::to_string(place.row);
}

std::int64_t counted(std::string_view text, std::int64_t most) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < 1 || value > most)
    throw damaged("a number in the table's structure is not usable");
  return value;
}

std::string number_text(std::string_view stored) {
  while (stored.ends_with(' ') || stored.ends_with('\n')) stored.remove_suffix(1);
  while (stored.starts_with(' ') || stored.starts_with('\n')) stored.remove_prefix(1);
  const std::string_view digits = stored.starts_with('+') ? stored.substr(1) : stored;
  double value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value))
    throw damaged("a cell holds a number that is none");
  if (value == std::trunc(value) && std::fabs(value) < kExactMax)
    return std::to_string(static_cast<std::int64_t>(value));
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::string unescaped(std::string text) {
  if (text.find("_x") == std::string::npos) return text;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::int32_t first = escape_at(text, at);
    if (first < 0) {
      out += text[at++];
      continue;
    }
    at += kEscapeSize;
    char32_t code = static_cast<char32_t>(first);
    const bool high = code >= 0xD800 && code < 0xDC00;
    if (high && at < text.size()) {
      const std::int32_t second = escape_at(text, at);
      if (second >= 0xDC00 && second < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<char32_t>(second) - 0xDC00);
        at += kEscapeSize;
      }
    }
    const bool surrogate = code >= 0xD800 && code < 0xE000;
    const bool none = code == 0 || (code >= 0xFFFE && code <= 0xFFFF);  // XML 1.0, 2.2
    if (!none && !surrogate) out += utf8(code);
  }
  return out;
}

}  // namespace cinnabar::xlsx
