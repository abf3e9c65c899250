#include "identity.hpp"

#include <cinnabar/bytes.hpp>

#include <openssl/sha.h>

namespace cinnabar {
namespace {

constexpr std::string_view kChina = "86";
constexpr std::size_t kChineseMobileSize = 11;

bool is_chinese_mobile(std::string_view digits) {
  return digits.size() == kChineseMobileSize && digits[0] == '1';
}

}  // namespace

std::string normal_mobile(std::string_view mobile) {
  const std::string_view digits = mobile.starts_with('+') ? mobile.substr(1) : mobile;
  if (digits.starts_with(kChina) && is_chinese_mobile(digits.substr(kChina.size())))
    return std::string(digits.substr(kChina.size()));
  return std::string(mobile);
}

std::string trimmed(std::string_view name) {
  constexpr std::string_view kBlanks[] = {" ", "\t", "\u3000", "\u00a0"};
  for (bool changed = true; changed;) {
    changed = false;
    for (const std::string_view blank : kBlanks) {
      if (name.starts_with(blank)) name.remove_prefix(blank.size()), changed = true;
      if (name.ends_with(blank)) name.remove_suffix(blank.size()), changed = true;
    }
  }
  return std::string(name);
}

std::string sha256_hex(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return to_hex({reinterpret_cast<const char*>(digest), sizeof digest});
}

std::string base64url(std::string_view bytes) {
  std::string text = to_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

}  // namespace cinnabar
