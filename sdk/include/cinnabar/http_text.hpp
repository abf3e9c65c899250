// What stands in headers of requests and answers, taken apart and written: ETags and their
// conditions (RFC 9110 sections 8.8, 13), languages (section 12.5.4), media types, file names
// (RFC 6266 with RFC 8187), cookies (RFC 6265). Pure functions; any thread.
#pragma once

#include <cinnabar/target.hpp>
#include <cinnabar/text.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

namespace cinnabar {

// The version of an If-Match header, without quotes; empty for "*" and for none.
inline std::string if_match_of(std::string_view header);
// Whether an If-None-Match header names the tag, or anything.
inline bool none_match_names(std::string_view header, std::string_view etag);

// attachment, with the name in ASCII and in UTF-8.
inline std::string disposition_of(std::string_view filename);
// The name that a Content-Disposition header gives; empty: none. Not to be trusted.
inline std::string filename_of(std::string_view disposition);
// "application/json; charset=utf-8" is "application/json".
inline std::string media_type_of(std::string_view content_type);

// The better one of "zh" and "en" for an Accept-Language header; the fallback when it names
// neither.
inline std::string choose_locale(std::string_view accept_language, std::string_view fallback);

// The value of one cookie in a Cookie header; empty: it is not there.
inline std::string_view cookie_of(std::string_view header, std::string_view name);

namespace detail {

inline constexpr std::size_t kFilenameSizeMax = 200;

inline std::string_view trimmed_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

inline std::string_view unquoted_tag(std::string_view tag) {
  tag = trimmed_blanks(tag);
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"')
    tag = tag.substr(1, tag.size() - 2);
  return tag;
}

// "q=0.8" among the parameters of a language range.
inline double language_quality(std::string_view parameters) {
  const std::size_t at = parameters.find("q=");
  if (at == std::string_view::npos) return 1;
  return std::atof(std::string(parameters.substr(at + 2, 5)).c_str());
}

inline bool is_language(std::string_view range, std::string_view language) {
  if (range.size() < 2 || (range.size() > 2 && range[2] != '-')) return false;
  return (range[0] | 0x20) == language[0] && (range[1] | 0x20) == language[1];
}

}  // namespace detail

inline std::string if_match_of(std::string_view header) {
  const std::string_view tag = detail::unquoted_tag(header.substr(0, header.find(',')));
  return tag == "*" ? std::string() : std::string(tag);
}

inline bool none_match_names(std::string_view header, std::string_view etag) {
  while (!header.empty()) {
    const std::string_view item = header.substr(0, header.find(','));
    header.remove_prefix(item.size() + (item.size() < header.size()));
    const std::string_view tag = detail::trimmed_blanks(item);
    if (tag == "*" || (!tag.empty() && detail::unquoted_tag(tag) == etag)) return true;
  }
  return false;
}

inline std::string disposition_of(std::string_view filename) {
  std::string ascii;
  bool exact = true;
  for (const char c : filename) {
    const bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '/' && c != '%';
    exact = exact && plain;
    // One underscore for each character, not for each of its bytes.
    if (plain)
      ascii += c;
    else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80)
      ascii += '_';
  }
  std::string out = "attachment; filename=\"" + ascii + "\"";
  if (!exact) out += "; filename*=UTF-8''" + percent_encode(filename);
  return out;
}

inline std::string filename_of(std::string_view disposition) {
  std::string plain, extended;
  std::size_t semicolon = disposition.find(';');
  while (semicolon != std::string_view::npos) {
    disposition.remove_prefix(semicolon + 1);
    // A semicolon inside of quotes is part of the name.
    const std::size_t quote = disposition.find('"');
    semicolon = disposition.find(';');
    if (quote != std::string_view::npos && quote < semicolon)
      semicolon =
          disposition.find(';', std::min(disposition.find('"', quote + 1), disposition.size()));
    const std::string_view pair = detail::trimmed_blanks(disposition.substr(0, semicolon));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = detail::trimmed_blanks(pair.substr(0, equals));
    const std::string_view value = pair.substr(equals + 1);
    if (name == "filename") plain = std::string(detail::unquoted_tag(value));
    if (name == "filename*" && value.size() > 7 && (value[0] | 0x20) == 'u')
      extended = percent_decode(value.substr(value.rfind('\'') + 1)).value_or("");
  }
  std::string chosen = extended.empty() ? plain : extended;
  // Only the last part of a path, and only whole characters.
  chosen = chosen.substr(
      chosen.find_last_of("/\\") == std::string::npos ? 0 : chosen.find_last_of("/\\") + 1);
  if (chosen.size() > detail::kFilenameSizeMax || !is_utf8(chosen)) return {};
  for (const char c : chosen)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return {};
  return chosen;
}

inline std::string media_type_of(std::string_view content_type) {
  std::string out(detail::trimmed_blanks(content_type.substr(0, content_type.find(';'))));
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  return out;
}

inline std::string choose_locale(std::string_view accept_language, std::string_view fallback) {
  double best = 0;
  std::string_view chosen = fallback;
  while (!accept_language.empty()) {
    const std::string_view item = accept_language.substr(0, accept_language.find(','));
    accept_language.remove_prefix(item.size() + (item.size() < accept_language.size()));
    const std::size_t semicolon = item.find(';');
    const std::string_view range = detail::trimmed_blanks(item.substr(0, semicolon));
    const double q = semicolon == std::string_view::npos
                         ? 1
                         : detail::language_quality(item.substr(semicolon + 1));
    if (q <= best) continue;
    for (const std::string_view language : {"zh", "en"}) {
      if (!detail::is_language(range, language)) continue;
      best = q;
      chosen = language;
    }
  }
  return std::string(chosen);
}

inline std::string_view cookie_of(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::string_view pair = detail::trimmed_blanks(header.substr(0, header.find(';')));
    header.remove_prefix(std::min(header.size(), header.find(';')));
    if (!header.empty()) header.remove_prefix(1);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return pair.substr(name.size() + 1);
  }
  return {};
}

}  // namespace cinnabar
