#include "check/secrets.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace cinnabar::authoring {
namespace {

// Shorter ones occur by chance.
constexpr std::size_t kValueSizeMin = 4;
// A long secret is given away by so much of it.
constexpr std::size_t kPartSize = 12;
// A run of an encoding's digits that is shorter is taken for a word.
constexpr std::size_t kRunSizeMin = 8;
// Only of so much text the forms are looked at that take time; what is longer was asked for.
constexpr std::size_t kTextSizeMax = 16'384;
// What somebody can guess who knows its digest.
constexpr std::size_t kGuessedSizeMax = 24;
// A code of so many characters does not stand in two pieces by chance.
constexpr std::size_t kSplitSizeMin = 6, kPieceSizeMin = 2;
// In more digits than these a code may occur by chance.
constexpr std::size_t kDigitsMax = 200;

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

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_plain(c); });
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool coded = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                       hex_digit(text[i + 2]) >= 0;
    out += coded ? static_cast<char>(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2]))
                 : text[i];
    if (coded) i += 2;
  }
  return out;
}

std::string squeezed(std::string_view text) {
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out),
               [](char c) { return is_plain(c); });
  return out;
}

// What the text may stand for. Encodings may lie in each other.
std::vector<std::string> forms_of(std::string_view text) {
  std::vector<std::string> out{std::string(text), decoded(text, &base64_digit, 6),
                               decoded(text, &hex_digit, 4)};
  if (text.size() > kTextSizeMax) return out;
  const std::string plain = squeezed(text);
  out.push_back(decoded(out[1], &base64_digit, 6));
  out.push_back(decoded(out[1], &hex_digit, 4));
  out.push_back(decoded(out[2], &base64_digit, 6));
  out.push_back(decoded(plain, &hex_digit, 4));
  out.push_back(percent_decoded(text));
  return out;
}

bool tells(std::string_view text, const std::string& value) {
  if (holds(text, value)) return true;
  // A part of a name or a sentence is a word like others; a part of a key is not.
  for (const char c : value)
    if (static_cast<unsigned char>(c) >= 0x80 || c == ' ') return false;
  for (std::size_t at = 0; at + kPartSize <= value.size(); at += 4)
    if (holds(text, std::string_view(value).substr(at, kPartSize))) return true;
  return false;
}

// Where a digest stands for what it was made of.
bool tells_digest(const std::vector<std::string>& forms, const std::string& value) {
  for (const EVP_MD* kind : {EVP_sha256(), EVP_sha1(), EVP_md5()}) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(value.data(), value.size(), digest, &size, kind, nullptr) != 1) continue;
    const std::string_view bytes(reinterpret_cast<const char*>(digest), size);
    for (const std::string& form : forms)
      if (holds(form, bytes)) return true;
  }
  return false;
}

bool tells_hidden(std::string_view text, const std::vector<std::string>& forms,
                  const std::string& value) {
  if (text.size() > kTextSizeMax) return false;
  if (value.size() <= kGuessedSizeMax && tells_digest(forms, value)) return true;
  if (value.size() < kSplitSizeMin || !is_plain(value)) return false;
  return holds(squeezed(text), value) || holds(text, std::string(value.rbegin(), value.rend()));
}

// The runs of letters and digits.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out(1);
  for (const char c : text.substr(0, kTextSizeMax)) {
    if (is_plain(c))
      out.back() += c;
    else if (!out.back().empty())
      out.emplace_back();
  }
  return out;
}

// Whether one line has a beginning of the value as a word, and a later one the rest.
bool tells_split(const std::vector<std::vector<std::string>>& lines, const std::string& value) {
  const auto has = [](const std::vector<std::string>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  for (std::size_t cut = kPieceSizeMin; cut + kPieceSizeMin <= value.size(); ++cut)
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
      if (!has(lines[i], std::string_view(value).substr(0, cut))) continue;
      for (std::size_t j = i + 1; j < lines.size(); ++j)
        if (has(lines[j], std::string_view(value).substr(cut))) return true;
    }
  return false;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string secret_in(std::string_view text, const std::vector<Secret>& secrets, bool shown) {
  if (text.empty() || secrets.empty()) return {};
  const std::vector<std::string> forms = forms_of(text);
  for (const Secret& secret : secrets) {
    if ((shown && secret.only_logged) || secret.value.size() < kValueSizeMin) continue;
    for (const std::string& form : forms)
      if (tells(form, secret.value)) return secret.name;
    if (tells_hidden(text, forms, secret.value)) return secret.name;
  }
  return {};
}

std::string secret_over(const std::vector<std::string>& lines, const std::vector<Secret>& secrets) {
  if (lines.size() < 2 || secrets.empty()) return {};
  std::vector<std::vector<std::string>> words;
  std::string digits;
  for (const std::string& line : lines) {
    words.push_back(words_of(line));
    std::copy_if(line.begin(), line.end(), std::back_inserter(digits), &is_digit);
  }
  for (const Secret& secret : secrets) {
    const std::string& value = secret.value;
    if (value.size() < kSplitSizeMin || !is_plain(value)) continue;
    const bool code = std::all_of(value.begin(), value.end(), &is_digit);
    if (tells_split(words, value) || (code && digits.size() <= kDigitsMax && holds(digits, value)))
      return secret.name;
  }
  return {};
}

}  // namespace cinnabar::authoring
