#include "report_text.hpp"

#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace cinnabar::pdf {
namespace {

// The first character of valid UTF-8.
std::string_view first_of(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) ++size;
  return text.substr(0, size);
}

// CJK, kana, full-width forms: lines may break beside them. All are of three bytes or more.
bool is_wide(std::string_view character) { return character.size() >= 3; }

// Closing marks do not begin a line.
bool is_closing(std::string_view character) {
  for (const std::string_view mark : {"，", "。", "；", "：", "、", "）", "」", "》", "！", "？", "”"})
    if (character == mark) return true;
  return false;
}

std::string drawable(const std::string& text) {
  const std::vector<std::string> missing = undrawable(text);
  if (missing.empty()) return text;
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view character = first_of(rest);
    rest.remove_prefix(character.size());
    std::string written(character);
    for (const std::string& one : undrawable(written))  // "𠀀 (U+20000)"
      written = "[" + one.substr(one.rfind("U+"), one.size() - one.rfind("U+") - 1) + "]";
    out += written;
  }
  return out;
}

// What stays together: a word with the spaces behind it, or one wide character.
std::vector<std::string> pieces_of(std::string_view text) {
  std::vector<std::string> pieces;
  bool open = false;  // the last piece goes on
  while (!text.empty()) {
    const std::string_view character = first_of(text);
    text.remove_prefix(character.size());
    if (!pieces.empty() && (open || character == " " || is_closing(character)) &&
        !(is_wide(character) && !is_closing(character)))
      pieces.back() += character;
    else
      pieces.emplace_back(character);
    open = !is_wide(character) && character != " ";
  }
  return pieces;
}

// Widths of pieces at one size, shaped once each: reports repeat their words and digits. What is
// set side by side differs from its sum by a kerning that no reader sees.
class Widths {
 public:
  explicit Widths(double size) : size_(size) {}
  double of(const std::string& piece) {
    const auto [found, fresh] = known_.try_emplace(piece);
    if (fresh) found->second = shape_line(piece).width * size_;
    return found->second;
  }

 private:
  const double size_;
  std::unordered_map<std::string, double> known_;
};

}  // namespace

std::vector<std::string> break_lines(const std::string& text, double size, double width) {
  Widths widths(size);
  std::vector<std::string> lines{""};
  double used = 0;
  const auto add = [&](const std::string& piece) {
    const double more = widths.of(piece);
    if (used + more > width && !lines.back().empty()) {
      lines.emplace_back();
      used = 0;
    }
    lines.back() += piece;
    used += more;
  };
  for (const std::string& piece : pieces_of(drawable(text))) {
    if (widths.of(piece) <= width) {
      add(piece);
      continue;
    }
    // A piece that is wider than a line is cut between its characters.
    for (std::string_view rest = piece; !rest.empty();) {
      const std::string_view character = first_of(rest);
      rest.remove_prefix(character.size());
      add(std::string(character));
    }
  }
  for (std::string& line : lines)
    while (line.ends_with(' ')) line.pop_back();
  return lines;
}

}  // namespace cinnabar::pdf
