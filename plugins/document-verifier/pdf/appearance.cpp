#include "appearance.hpp"

#include "numbers.hpp"

#include <cinnabar/pdf/limits.hpp>

#include <algorithm>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

// Raw bytes of an appearance without content, which are some ten when compressed.
constexpr std::size_t kBlankAppearanceMax = 64;
// Content of a filled text field; long texts in composite fonts take four digits a character.
constexpr std::size_t kAppearanceMax = 1u << 20;

std::string content_of(const File& file, const IndirectObject& stream) {
  return decode_stream(stream.value, file.stream_data(stream), kAppearanceMax);
}

std::string without_space(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (c != ' ' && c != '\r' && c != '\n' && c != '\t') out += c;
  return out;
}

bool is_plain(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 128; });
}

// What is shown, letter by letter, is some of the lines one after the other.
bool is_made_of(std::string_view shown, const std::vector<std::string>& lines) {
  while (!shown.empty()) {
    std::size_t longest = 0;
    for (const std::string& line : lines)
      if (const std::string letters = without_space(line); shown.starts_with(letters))
        longest = std::max(longest, letters.size());
    if (longest == 0) return false;
    shown.remove_prefix(longest);
  }
  return true;
}

// Letters beyond ASCII stand in whatever encoding the font has.
bool is_expected(const std::string& shown, const ShownTexts& expected) {
  if (expected.masked && shown.find_first_not_of("*\x95\x80\xB7") == std::string::npos) return true;
  for (const std::string& text : expected.any)
    if (!is_plain(text) || shown == without_space(text) || shows_number(shown, text)) return true;
  return !expected.lines.empty() &&
         (!std::all_of(expected.lines.begin(), expected.lines.end(), is_plain) ||
          is_made_of(shown, expected.lines));
}

// Paints over what is there already.
bool is_painting(std::string_view word) {
  constexpr std::string_view kWords[] = {"f", "F", "f*", "B", "B*", "b", "b*", "S", "s"};
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

// Walks the operators of a content stream; false when one draws what is no text, or hides text.
bool read_shown(const std::string& content, std::string& shown, bool& readable) {
  Parser parser(content);
  double number = 0;
  for (;;) {
    parser.skip_space();
    if (parser.at_end()) return true;
    const char c = content[parser.at()];
    if (c == '(' || c == '<' || c == '[' || c == '/' || c == '+' || c == '-' || c == '.' ||
        (c >= '0' && c <= '9')) {
      const Object operand = parser.read_object();
      readable = readable && c != '<';
      number = operand.real;
      if (operand.is(Kind::string)) shown += operand.text;
      for (const Object& item : operand.items)
        if (item.is(Kind::string)) {
          shown += item.text;
          readable = readable && content[item.begin] != '<';
        }
      continue;
    }
    const std::size_t begin = parser.at();
    std::size_t end = begin;
    while (end < content.size() && !is_pdf_space(static_cast<unsigned char>(content[end])) &&
           !is_pdf_delimiter(static_cast<unsigned char>(content[end])))
      ++end;
    const std::string_view word = std::string_view(content).substr(begin, end - begin);
    if (word.empty() || word == "Do" || word == "BI" || word == "sh") return false;
    if (word == "Tr" && number != 0) return false;
    if (is_painting(word) && !shown.empty()) return false;
    parser = Parser(content, end);
  }
}

}  // namespace

bool appearance_is_blank(const File& file, const Object& appearance, std::size_t revision) {
  if (appearance.is(Kind::null)) return true;
  const Object& normal = appearance.at("N");
  if (appearance.items.size() != 1 || !normal.is(Kind::reference)) return false;
  const IndirectObject* stream = file.load(normal.integer, revision);
  if (stream == nullptr || !stream->is_stream || !stream->value.at("Subtype").is_name("Form") ||
      stream->value.has("F") || stream->data_size > kBlankAppearanceMax)
    return false;
  const Object& filter = stream->value.at("Filter");
  if (!filter.is(Kind::null) && !filter.is_name("FlateDecode")) return false;
  return content_of(file, *stream).find_first_not_of(" \t\r\n") == std::string::npos;
}

bool shows_only_text(const File& file, std::int64_t number, std::size_t revision,
                     const ShownTexts& expected) {
  const IndirectObject* stream = file.load(number, revision);
  if (stream == nullptr || !stream->is_stream || stream->value.has("F") || stream->repaired)
    return false;
  std::string shown;
  bool readable = true;
  if (!read_shown(content_of(file, *stream), shown, readable)) return false;
  return !readable || is_expected(without_space(shown), expected);
}

}  // namespace cinnabar::pdf
