#include "pdf_text.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/time.hpp>

#include <algorithm>
#include <charconv>

namespace cinnabar::pades {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// The next code point of the text, which is shortened by it.
char32_t take_code_point(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  bool good = first < 0x80 || (first >= 0xC2 && first <= 0xF4);
  char32_t point = size == 1 ? first : first & (0x7Fu >> size);
  std::size_t used = 1;
  for (; good && used < size; ++used) {
    if (used >= text.size() || (static_cast<unsigned char>(text[used]) & 0xC0) != 0x80) {
      good = false;
      break;
    }
    point = point << 6 | (static_cast<unsigned char>(text[used]) & 0x3F);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (good && (point < kLeast[size] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)))
    good = false;
  text.remove_prefix(good ? size : used);
  return good ? point : kReplacement;
}

void append_utf16(std::string& out, char32_t point) {
  const auto unit = [&](char32_t value) {
    out += static_cast<char>(value >> 8);
    out += static_cast<char>(value & 0xFF);
  };
  if (point < 0x10000) {
    unit(point);
  } else {
    unit(0xD800 + ((point - 0x10000) >> 10));
    unit(0xDC00 + ((point - 0x10000) & 0x3FF));
  }
}

}  // namespace

void append_integer(std::string& out, std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

void append_number(std::string& out, double value) {
  char digits[64];
  const auto result =
      std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, 5);
  std::string_view text(digits, static_cast<std::size_t>(result.ptr - digits));
  while (text.ends_with('0')) text.remove_suffix(1);
  if (text.ends_with('.')) text.remove_suffix(1);
  out += text == "-0" ? std::string_view("0") : text;
}

std::string text_string(std::string_view utf8) {
  // PDFDocEncoding and ASCII agree from space to tilde only.
  const bool plain =
      std::all_of(utf8.begin(), utf8.end(), [](char c) { return c >= 32 && c < 127; });
  if (plain) {
    std::string out = "(";
    for (const char c : utf8) {
      if (c == '(' || c == ')' || c == '\\') out += '\\';
      out += c;
    }
    out += ')';
    return out;
  }
  std::string units = "\xFE\xFF";
  while (!utf8.empty()) append_utf16(units, take_code_point(utf8));
  std::string out = "<";
  out += to_hex(units);
  out += '>';
  return out;
}

std::string date(std::int64_t time_ms) {
  const std::string text = to_rfc3339(Time{time_ms});  // 2025-11-21T12:00:00.000Z
  return "(D:" + text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2) + text.substr(11, 2) +
         text.substr(14, 2) + text.substr(17, 2) + "+00'00')";
}

std::string reference(std::int64_t object) {
  std::string out;
  append_integer(out, object);
  return out + " 0 R";
}

}  // namespace cinnabar::pades
