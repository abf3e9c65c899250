// Targets: a request target (RFC 9112 section 3.2) taken apart into a decoded path and its query,
// and what may go wrong with it. Pure functions; any thread.
#pragma once

#include <cinnabar/text.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cinnabar {

struct Target {
  std::string path;  // percent-decoded, without "." and ".." segments
  std::size_t encoded_slash = std::string::npos;  // where in `path` the first one stands
  std::map<std::string, std::string> query;
};

// Nothing when the target is malformed or ambiguous: bad percent-encoding, an encoded zero,
// a dot segment made with encoded slashes, invalid UTF-8, a path that climbs above its root, a
// query parameter given twice. Who routes must refuse an encoded slash where it could be taken for
// one that separates.
// Understands the origin form and the absolute form.
inline std::optional<Target> parse_target(std::string_view target);

// RFC 3986 percent-decoding; `plus` also turns '+' into a space. Nothing when malformed.
inline std::optional<std::string> percent_decode(std::string_view text, bool plus = false);
// Encodes everything but the unreserved characters (as RFC 8187 wants it, too).
inline std::string percent_encode(std::string_view text);

namespace detail {


inline int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The absolute form is cut down to the origin form. Empty: neither of them.
inline std::string_view origin_form(std::string_view target) {
  if (target.starts_with('/')) return target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const std::size_t path = target.find_first_of("/?", scheme.size());
    if (path == scheme.size() || target.size() == scheme.size()) return {};
    if (path == std::string_view::npos) return "/";
    return target[path] == '/' ? target.substr(path) : std::string_view();
  }
  return {};
}

// A dot segment between slashes of which one is encoded.
inline bool hides_dots(std::string_view segment) {
  if (segment.find('/') == std::string_view::npos) return false;
  const std::string among = "/" + std::string(segment) + "/";
  return among.find("/./") != std::string::npos || among.find("/../") != std::string::npos;
}

// RFC 3986 section 5.2.4 over decoded segments, but climbing out is a fault.
inline std::optional<Target> decode_path(std::string_view raw) {
  std::vector<std::string> kept;
  bool trailing = false;
  for (std::size_t at = 1; at <= raw.size();) {
    const std::size_t end = std::min(raw.find('/', at), raw.size());
    auto segment = percent_decode(raw.substr(at, end - at));
    if (!segment || !is_utf8(*segment)) return std::nullopt;
    for (const char c : *segment)
      if (c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
    if (hides_dots(*segment)) return std::nullopt;
    trailing = *segment == "." || *segment == "..";
    if (*segment == "..") {
      if (kept.empty()) return std::nullopt;
      kept.pop_back();
    } else if (*segment != ".") {
      kept.push_back(std::move(*segment));
    }
    at = end + 1;
  }
  Target target;
  for (const std::string& segment : kept) {
    const std::size_t slash = segment.find('/');
    if (slash != std::string::npos && target.encoded_slash == std::string::npos)
      target.encoded_slash = target.path.size() + 1 + slash;
    target.path += "/" + segment;
  }
  if (target.path.empty() || trailing) target.path += "/";
  return target;
}

inline bool decode_query(std::string_view raw, std::map<std::string, std::string>& query) {
  while (!raw.empty()) {
    const std::string_view pair = raw.substr(0, raw.find('&'));
    raw.remove_prefix(std::min(pair.size() + 1, raw.size()));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), true);
    auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                  : percent_decode(pair.substr(equals + 1), true);
    if (!name || !value || !is_utf8(*name) || !is_utf8(*value)) return false;
    if (!query.emplace(std::move(*name), std::move(*value)).second) return false;
  }
  return true;
}

}  // namespace detail

inline std::optional<Target> parse_target(std::string_view target) {
  target = detail::origin_form(target);
  if (target.empty() || target.find('#') != std::string_view::npos) return std::nullopt;
  const std::size_t question = target.find('?');
  auto result = detail::decode_path(target.substr(0, question));
  if (result && question != std::string_view::npos &&
      !detail::decode_query(target.substr(question + 1), result->query))
    return std::nullopt;
  return result;
}

inline std::optional<std::string> percent_decode(std::string_view text, bool plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = detail::hex_digit(text[i + 1]), low = detail::hex_digit(text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

inline std::string percent_encode(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                            (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (unreserved) {
      out += c;
    } else {
      out += '%';
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

}  // namespace cinnabar
