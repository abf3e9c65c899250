#include "xml.hpp"

#include <charconv>

namespace cinnabar::s3 {

namespace {

struct Entity {
  std::string_view name;
  char character;
};
constexpr Entity kEntities[] = {
    {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};

// The character of "&#34;" or "&#x22;" at the beginning, which S3 writes for ASCII only; 0: none.
char numbered(std::string_view text, std::size_t& size) {
  const std::size_t end = text.substr(0, 8).find(';');
  if (!text.starts_with("&#") || end == std::string_view::npos) return 0;
  const bool hex = text.size() > 2 && text[2] == 'x';
  const char* first = text.data() + (hex ? 3 : 2);
  int value = 0;
  const auto [last, fault] = std::from_chars(first, text.data() + end, value, hex ? 16 : 10);
  if (fault != std::errc() || last != text.data() + end || value <= 0 || value > 127) return 0;
  size = end + 1;
  return static_cast<char>(value);
}

std::string unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t size = 1;
    char c = text[0];
    if (c == '&') {
      for (const Entity& entity : kEntities)
        if (text.starts_with(entity.name)) {
          c = entity.character;
          size = entity.name.size();
        }
      if (const char number = numbered(text, size)) c = number;
    }
    out += c;
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace

std::vector<std::string> xml_texts(std::string_view document, std::string_view name) {
  const std::string open = "<" + std::string(name) + ">", close = "</" + std::string(name) + ">";
  std::vector<std::string> found;
  for (std::size_t at = 0; (at = document.find(open, at)) != std::string_view::npos;) {
    at += open.size();
    const std::size_t end = document.find('<', at);
    if (end == std::string_view::npos) break;
    if (document.substr(end).starts_with(close))
      found.push_back(unescaped(document.substr(at, end - at)));
    at = end;
  }
  return found;
}

std::string xml_text(std::string_view document, std::string_view name) {
  const auto found = xml_texts(document, name);
  return found.empty() ? std::string() : found.front();
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    bool special = false;
    for (const Entity& entity : kEntities)
      if (c == entity.character && c != '\'') {
        out += entity.name;
        special = true;
      }
    if (!special) out += c;
  }
  return out;
}

}  // namespace cinnabar::s3
