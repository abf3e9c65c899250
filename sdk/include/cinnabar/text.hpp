// Text from outside, made fit for a document: UTF-8 (RFC 3629) and not too long. Pure; any thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace cinnabar {

// The size of the character that the text begins with; 0: it begins with none. RFC 3629: no
// overlong forms, no surrogates, nothing beyond U+10FFFF.
inline std::size_t utf8_character_size(std::string_view text) {
  if (text.empty()) return 0;
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (text.size() < size) return 0;
  char32_t code = lead & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c & 0xC0) != 0x80) return 0;
    code = code << 6 | (c & 0x3Fu);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return code < kLeast[size] || code > 0x10FFFF || surrogate ? 0 : size;
}

inline bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    std::uint64_t word = ~std::uint64_t{};
    if (text.size() >= 8) std::memcpy(&word, text.data(), 8);
    const bool ascii = (word & 0x8080808080808080) == 0;  // eight characters at once
    const std::size_t size = ascii ? 8 : utf8_character_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

// As many whole characters from the beginning as `bytes_max` bytes hold. U+FFFD stands for each
// byte that is no UTF-8, and for zero characters, which described texts refuse.
inline std::string shortened_text(std::string_view text, std::size_t bytes_max) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string out;
  while (!text.empty()) {
    const std::size_t size = utf8_character_size(text);
    const bool good = size > 0 && text[0] != '\0';
    const std::string_view next = good ? text.substr(0, size) : kReplacement;
    if (out.size() + next.size() > bytes_max) break;
    out += next;
    text.remove_prefix(good ? size : 1);
  }
  return out;
}

}  // namespace cinnabar
