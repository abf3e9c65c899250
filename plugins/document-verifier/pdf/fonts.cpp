#include "fonts.hpp"

#include "content.hpp"
#include "standard_widths.hpp"

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

// Codes of a composite font whose widths are listed.
constexpr std::size_t kWidthsMax = 70'000;
constexpr std::size_t kUnicodeMapMax = 1u << 20;

Mark mark_of(std::uint32_t unicode) {
  switch (unicode) {
    case 0x09:
    case 0x0A:
    case 0x0D:
    case 0x20:
    case 0xA0:
    case 0x3000: return Mark::blank;
    case '_':
    case 0x2026:
    case 0xFF3F:
    case ':':
    case '/':
    case 0xFF1A: return Mark::line;
    case '.':
    case '-':
    case 0xB7:
    case 0x2013:
    case 0x2014: return Mark::dot;
    default: return unicode >= 0x2000 && unicode <= 0x200F ? Mark::blank : Mark::none;
  }
}

std::uint32_t named(std::string_view glyph) {
  constexpr std::pair<std::string_view, std::uint32_t> kNames[] = {
      {"space", ' '},     {"nbspace", 0xA0},        {"underscore", '_'}, {"period", '.'},
      {"hyphen", '-'},    {"periodcentered", 0xB7}, {"colon", ':'},      {"ellipsis", 0x2026},
      {"endash", 0x2013}, {"emdash", 0x2014},        {"slash", '/'}};
  for (const auto& [name, unicode] : kNames)
    if (name == glyph) return unicode;
  return 0;
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t out = 0;
  for (const char c : bytes.substr(0, 4)) out = out << 8 | static_cast<unsigned char>(c);
  return out;
}

}  // namespace

Font::Font(const File& file, std::size_t revision, const Object& font, Work& work)
    : file_(file), revision_(revision) {
  if (at(font, "Subtype").is_name("Type0")) {
    read_composite(font);
  } else {
    read_simple(font);
  }
  work.spend(4 * widths_.size());
  const Object& map = font.at("ToUnicode");
  const IndirectObject* stream =
      map.is(Kind::reference) ? file.load(map.integer, revision) : nullptr;
  if (stream == nullptr || !stream->is_stream) return;
  const std::string text = stream_content(file, *stream, kUnicodeMapMax).value_or("");
  work.spend(text.size());
  read_unicode(text, work);
}

void Font::read_simple(const Object& font) {
  const Object& base = at(font, "BaseFont");
  const bool is_type3 = at(font, "Subtype").is_name("Type3");
  draws_areas_ = is_type3 || base.text.find("Dingbats") != std::string::npos;
  const Object& matrix = at(font, "FontMatrix");
  const double unit = is_type3 && matrix.items.size() == 6
                          ? std::fabs(file_.resolve(matrix.items[0], revision_).real)
                          : 0.001;
  const Object& widths = at(font, "Widths");
  const auto first = static_cast<int>(at(font, "FirstChar").integer & 255);
  for (std::size_t i = 0; i < widths.items.size() && i < 256; ++i)
    widths_[first + static_cast<int>(i)] =
        static_cast<float>(file_.resolve(widths.items[i], revision_).real * unit);
  if (widths_.empty())
    for (int code = 32; code < 127; ++code)
      widths_[code] = static_cast<float>(standard_width(base.text, code));
  const Object& descriptor = at(font, "FontDescriptor");
  const Object& encoding = at(font, "Encoding");
  const bool symbolic = (at(descriptor, "Flags").integer & 4) != 0;
  if (is_type3 || draws_areas_ || (symbolic && encoding.is(Kind::null))) return;
  for (int code = 32; code < 127; ++code) note_mark(code, static_cast<std::uint32_t>(code));
  read_differences(at(encoding, "Differences"));
}

void Font::read_differences(const Object& list) {
  int code = 0;
  for (const Object& item : list.items) {
    const Object& value = file_.resolve(item, revision_);
    if (value.is(Kind::integer)) code = static_cast<int>(value.integer & 255);
    if (!value.is(Kind::name)) continue;
    marks_.erase(code);
    note_mark(code++, named(value.text));
  }
}

void Font::read_composite(const Object& font) {
  const Object& encoding = at(font, "Encoding");
  const std::string& name = encoding.is(Kind::name) ? encoding.text : at(encoding, "CMapName").text;
  codes_ = Codes::two_bytes;
  for (const char* mixed : {"EUC", "GBK", "GBpc", "B5", "ETen", "KSC", "RKSJ", "ETHK"})
    if (name.find(mixed) != std::string::npos) codes_ = Codes::mixed;
  if (name.find("UCS2") != std::string::npos || name.find("UTF16") != std::string::npos)
    codes_ = Codes::two_bytes;
  vertical_ = name.ends_with("-V");
  missing_ = 1;
  if (codes_ == Codes::mixed) {
    for (int code = 32; code < 127; ++code) note_mark(code, static_cast<std::uint32_t>(code));
  } else if (name.starts_with("Uni")) {
    for (const int code : {0x20, 0xA0, 0x3000, 0x5F, 0x2026, 0xFF3F, 0x3A, 0xFF1A, 0x2E, 0x2D,
                           0x2F})
      note_mark(code, static_cast<std::uint32_t>(code));
  }
  // Only there are the codes what the widths count by.
  if (!name.starts_with("Identity")) return;
  const Object& list = at(font, "DescendantFonts");
  if (list.items.empty()) return;
  const Object& descendant = file_.resolve(list.items[0], revision_);
  const Object& usual = at(descendant, "DW");
  if (usual.is_number()) missing_ = usual.real / 1000;
  read_widths(at(descendant, "W"));
}

// "first [w w w]" and "first last w".
void Font::read_widths(const Object& list) {
  const auto item = [&](std::size_t i) -> const Object& {
    return file_.resolve(list.items[i], revision_);
  };
  for (std::size_t i = 0; i + 1 < list.items.size() && widths_.size() < kWidthsMax;) {
    const auto first = static_cast<int>(item(i).integer & 0xFFFF);
    const Object& second = item(i + 1);
    if (second.is(Kind::array)) {
      for (std::size_t k = 0; k < second.items.size() && k < 0x10000; ++k)
        widths_[first + static_cast<int>(k)] =
            static_cast<float>(file_.resolve(second.items[k], revision_).real / 1000);
      i += 2;
      continue;
    }
    if (i + 2 >= list.items.size()) return;
    const auto last = static_cast<int>(second.integer & 0xFFFF);
    for (int code = first; code <= last && widths_.size() < kWidthsMax; ++code)
      widths_[code] = static_cast<float>(item(i + 2).real / 1000);
    i += 3;
  }
}

// Of a /ToUnicode map only the marks are of interest.
void Font::read_unicode(std::string_view map, Work& work) {
  marks_.clear();
  marked_by_.clear();
  ContentReader reader(map, work);
  Operation operation;
  while (reader.next(operation)) {
    const bool range = operation.word == "endbfrange";
    if (!range && operation.word != "endbfchar") continue;
    const std::vector<Object>& values = operation.operands;
    const std::size_t step = range ? 3 : 2;
    for (std::size_t i = 0; i + step <= values.size(); i += step) {
      const auto first = static_cast<int>(big_endian(values[i].text));
      const auto last = range ? static_cast<int>(big_endian(values[i + 1].text)) : first;
      const Object& target = values[i + step - 1];
      if (first > 0xFFFF || last > 0xFFFF || last < first) continue;
      work.spend(static_cast<std::size_t>(last - first + 1));
      for (int code = first; code <= last; ++code) {
        const auto offset = static_cast<std::uint32_t>(code - first);
        if (target.is(Kind::array)) {
          if (offset < target.items.size() && target.items[offset].text.size() <= 2)
            note_mark(code, big_endian(target.items[offset].text));
        } else if (target.text.size() <= 2) {
          note_mark(code, big_endian(target.text) + offset);
        }
      }
    }
  }
}

// A font could call its digits lines: each mark is believed of one code alone.
void Font::note_mark(int code, std::uint32_t unicode) {
  const Mark mark = mark_of(unicode);
  if (mark == Mark::none) return;
  const auto [known, first] = marked_by_.emplace(unicode, code);
  if (first) {
    marks_[code] = mark;
  } else if (known->second != code) {
    marks_.erase(known->second);
  }
}

int Font::next_code(std::string_view text, std::size_t& at) const {
  const int first = static_cast<unsigned char>(text[at++]);
  const bool wide = codes_ == Codes::two_bytes || (codes_ == Codes::mixed && first > 0x80);
  if (!wide || at >= text.size()) return first;
  return first << 8 | static_cast<unsigned char>(text[at++]);
}

double Font::width(int code) const {
  const auto found = widths_.find(code);
  if (found != widths_.end()) return found->second;
  return codes_ == Codes::mixed && code < 256 ? 0.5 : missing_;
}

Mark Font::mark(int code) const {
  const auto found = marks_.find(code);
  return found == marks_.end() ? Mark::none : found->second;
}

}  // namespace cinnabar::pdf
