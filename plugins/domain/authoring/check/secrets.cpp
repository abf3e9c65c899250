#include "check/secrets.hpp"

namespace cinnabar::authoring {
namespace {

// Shorter ones occur by chance.
constexpr std::size_t kValueSizeMin = 4;
// A long secret is given away by so much of it.
constexpr std::size_t kPartSize = 12;
// A run of an encoding's digits that is shorter is taken for a word.
constexpr std::size_t kRunSizeMin = 8;

bool holds(std::string_view text, std::string_view what) {
  return text.find(what) != std::string_view::npos;
}

int base64_digit(char c) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (c == '-' || c == '_') return c == '-' ? 62 : 63;
  const std::size_t at = kDigits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// What each run of such digits stands for, `bits` a digit, whichever of the first digits begins a
// byte.
std::string decoded(std::string_view text, int (*digit)(char), unsigned bits) {
  std::string out;
  for (std::size_t from = 0; from < text.size();) {
    std::size_t end = from;
    while (end < text.size() && digit(text[end]) >= 0) ++end;
    if (end - from >= kRunSizeMin)
      for (std::size_t skipped = 0; skipped < 8 / (8 % bits == 0 ? bits : 2); ++skipped) {
        unsigned held = 0, value = 0;
        for (std::size_t i = from + skipped; i < end; ++i) {
          value = value << bits | static_cast<unsigned>(digit(text[i]));
          held += bits;
          if (held < 8) continue;
          held -= 8;
          out += static_cast<char>(value >> held & 0xFF);
        }
        out += '\n';
      }
    from = end + 1;
  }
  return out;
}

bool tells(std::string_view text, const std::string& value) {
  if (value.size() < kValueSizeMin) return false;
  if (holds(text, value)) return true;
  // A part of a name or a sentence is a word like others; a part of a key is not.
  for (const char c : value)
    if (static_cast<unsigned char>(c) >= 0x80 || c == ' ') return false;
  for (std::size_t at = 0; at + kPartSize <= value.size(); at += 4)
    if (holds(text, std::string_view(value).substr(at, kPartSize))) return true;
  return false;
}

}  // namespace

std::string secret_in(std::string_view text, const std::vector<Secret>& secrets, bool shown) {
  if (text.empty() || secrets.empty()) return {};
  const std::string plain = decoded(text, &base64_digit, 6), bytes = decoded(text, &hex_digit, 4);
  for (const Secret& secret : secrets) {
    if (shown && secret.only_logged) continue;
    for (const std::string_view form : {text, std::string_view(plain), std::string_view(bytes)})
      if (tells(form, secret.value)) return secret.name;
  }
  return {};
}

}  // namespace cinnabar::authoring
