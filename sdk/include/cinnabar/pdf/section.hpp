// One section of the cross-reference chain: a table or a stream, with its trailer.
//
// Pure functions: any thread. Source: ISO 32000-2, 7.5.4 and 7.5.8.
#pragma once

#include <cinnabar/pdf/inflate.hpp>
#include <cinnabar/pdf/limits.hpp>
#include <cinnabar/pdf/object.hpp>
#include <cinnabar/pdf/parser.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace cinnabar::pdf {

struct Entry {
  enum class Kind { free, plain, compressed };
  Kind kind = Kind::free;
  std::int64_t place = 0;   // plain: offset in the file; compressed: number of the object stream
  std::int64_t detail = 0;  // plain and free: generation; compressed: index in the stream
  bool operator==(const Entry&) const = default;
};

using Entries = std::vector<std::pair<std::int64_t, Entry>>;  // sorted by object number

struct Section {
  bool is_stream = false;
  std::size_t begin = 0;
  std::size_t end = 0;             // behind the trailer dictionary, or behind endobj
  std::int64_t stream_number = 0;  // is_stream: its own object number
  Object trailer;
  Entries entries;
  std::int64_t subsections = 0;
  std::optional<std::size_t> previous;
  std::optional<std::size_t> hybrid;  // /XRefStm of a table
};

// Reads the section at an offset. Throws Malformed when it is none.
Section read_section(std::string_view file, std::size_t offset);

const Entry* find_entry(const Entries& entries, std::int64_t number);

namespace detail {

inline std::int64_t digits(std::string_view file, std::size_t& at, std::size_t most) {
  const std::size_t begin = at;
  std::int64_t value = 0;
  for (; at < file.size() && at - begin < most && is_digit(file[at]); ++at)
    value = value * 10 + (file[at] - '0');
  if (at == begin) throw Malformed("cross-reference entry without digits", at);
  return value;
}

// "nnnnnnnnnn ggggg n" and an end of line, which should be two bytes but often is one.
inline Entry read_table_line(std::string_view file, std::size_t& at) {
  const auto space = [&] {
    if (at >= file.size() || file[at] != ' ')
      throw Malformed("cross-reference entry not as it must be", at);
    ++at;
  };
  Entry entry;
  entry.place = digits(file, at, 10);
  space();
  entry.detail = digits(file, at, 5);
  space();
  const char kind = at < file.size() ? file[at++] : '\0';
  if (kind == 'n') {
    entry.kind = Entry::Kind::plain;
  } else if (kind != 'f') {
    throw Malformed("cross-reference entry of unknown kind", at);
  }
  const std::size_t end = at;
  while (at < file.size() && at - end < 4 && (file[at] == ' ' || file[at] == '\r' ||
                                              file[at] == '\n'))
    ++at;
  if (at == end) throw Malformed("cross-reference entry without an end", at);
  return entry;
}

inline void add_range(Section& section, std::int64_t first, std::int64_t count, std::size_t at) {
  if (first < 0 || count < 0 || first > kObjectNumberMax || count > kObjectNumberMax - first + 1)
    throw Malformed("object numbers out of range", at);
  if (static_cast<std::size_t>(count) > kEntriesMax - section.entries.size())
    throw TooComplex("too many objects", at);
  ++section.subsections;
}

inline bool is_free_head(const Entry& entry) {
  return entry.kind == Entry::Kind::free && entry.detail == 65'535;
}

inline void read_table(std::string_view file, Parser& parser, Section& section) {
  // Other readers give up on a comment before the first line.
  if (const std::size_t line = file.find_first_not_of(" \t\r\n", parser.at());
      line != std::string_view::npos && file[line] == '%')
    throw Malformed("comment in a cross-reference table", line);
  while (!parser.accept("trailer")) {
    const std::int64_t first = parser.read_unsigned();
    const std::int64_t count = parser.read_unsigned();
    parser.skip_space();
    add_range(section, first, count, parser.at());
    std::size_t at = parser.at();
    const std::size_t had = section.entries.size();
    for (std::int64_t i = 0; i < count; ++i)
      section.entries.emplace_back(first + i, read_table_line(file, at));
    // Some writers count from 1 and still begin with the head of the free list, which is object 0.
    if (had == 0 && first == 1 && count > 0 && is_free_head(section.entries[0].second))
      for (auto& [number, entry] : section.entries) --number;
    parser = Parser(file, at);
  }
  section.trailer = parser.read_object();
  if (!section.trailer.is(Object::Kind::dictionary)) throw Malformed("no trailer", parser.at());
  section.end = parser.at();
}

struct Widths {
  std::size_t field[3];
  std::size_t row() const { return field[0] + field[1] + field[2]; }
};

inline Widths read_widths(const Object& trailer, std::size_t at) {
  const Object& w = trailer.at("W");
  if (!w.is(Object::Kind::array) || w.items.size() != 3) throw Malformed("no /W", at);
  Widths widths{};
  for (int i = 0; i < 3; ++i) {
    const Object& item = w.items[static_cast<std::size_t>(i)];
    if (!item.is(Object::Kind::integer) || item.integer < 0 || item.integer > 8)
      throw Malformed("/W out of range", at);
    widths.field[i] = static_cast<std::size_t>(item.integer);
  }
  if (widths.row() == 0) throw Malformed("/W is zero", at);
  return widths;
}

inline std::int64_t big_endian(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  if (value > (std::uint64_t{1} << 62)) throw Malformed("cross-reference field too large", at);
  return static_cast<std::int64_t>(value);
}

inline Entry read_stream_row(std::string_view row, const Widths& widths, std::size_t at) {
  const auto field = [&](int index) {
    std::size_t begin = 0;
    for (int i = 0; i < index; ++i) begin += widths.field[i];
    return big_endian(row.substr(begin, widths.field[index]), at);
  };
  const std::int64_t kind = widths.field[0] == 0 ? 1 : field(0);
  Entry entry{Entry::Kind::free, field(1), field(2)};
  if (kind == 1) entry.kind = Entry::Kind::plain;
  if (kind == 2) entry.kind = Entry::Kind::compressed;
  return entry;
}

inline void read_stream(std::string_view file, Parser& parser, Section& section) {
  IndirectObject object = parser.read_indirect([](const Object&) { return std::int64_t{-1}; });
  if (!object.is_stream || !object.value.at("Type").is_name("XRef"))
    throw Malformed("no cross-reference stream", section.begin);
  section.is_stream = true;
  section.end = object.end;
  section.stream_number = object.number;
  const std::string data = decode_stream(
      object.value, file.substr(object.data_begin, object.data_size), kStructureStreamMax);
  const Widths widths = read_widths(object.value, section.begin);
  std::vector<std::int64_t> index;
  for (const Object& item : object.value.at("Index").items) index.push_back(item.integer);
  if (index.empty()) index = {0, object.value.at("Size").integer};
  if (index.size() % 2 != 0) throw Malformed("odd /Index", section.begin);
  std::size_t at = 0;
  for (std::size_t pair = 0; pair < index.size(); pair += 2) {
    add_range(section, index[pair], index[pair + 1], section.begin);
    for (std::int64_t i = 0; i < index[pair + 1]; ++i, at += widths.row()) {
      if (data.size() - at < widths.row())
        throw Malformed("cross-reference stream cut off", section.begin);
      const std::string_view row = std::string_view(data).substr(at, widths.row());
      section.entries.emplace_back(index[pair] + i, read_stream_row(row, widths, section.begin));
    }
  }
  section.trailer = std::move(object.value);
}

inline std::optional<std::size_t> offset_under(const Object& trailer, std::string_view key,
                                        std::size_t file_size) {
  const Object& value = trailer.at(key);
  if (value.is(Object::Kind::null)) return std::nullopt;
  if (!value.is(Object::Kind::integer) || value.integer < 0 ||
      static_cast<std::uint64_t>(value.integer) >= file_size)
    throw Malformed("/" + std::string(key) + " is no offset in the file", trailer.begin);
  return static_cast<std::size_t>(value.integer);
}

}  // namespace detail

inline Section read_section(std::string_view file, std::size_t offset) {
  Section section;
  Parser parser(file, offset);
  parser.skip_space();
  section.begin = parser.at();
  if (parser.accept("xref")) {
    detail::read_table(file, parser, section);
    section.hybrid = detail::offset_under(section.trailer, "XRefStm", file.size());
  } else {
    detail::read_stream(file, parser, section);
  }
  // Readers disagree on which of two counts, and may show another document each.
  if (section.trailer.repeated_key) throw Malformed("trailer with a repeated key", section.begin);
  section.previous = detail::offset_under(section.trailer, "Prev", file.size());
  const Object& size = section.trailer.at("Size");
  if (!size.is(Object::Kind::integer) || size.integer < 1 || size.integer > kObjectNumberMax + 1)
    throw Malformed("/Size out of range", section.begin);
  std::stable_sort(section.entries.begin(), section.entries.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 1; i < section.entries.size(); ++i)
    if (section.entries[i].first == section.entries[i - 1].first &&
        !(section.entries[i].second == section.entries[i - 1].second))
      throw Malformed("object listed twice in one section", section.begin);
  section.entries.erase(
      std::unique(section.entries.begin(), section.entries.end(),
                  [](const auto& a, const auto& b) { return a.first == b.first; }),
      section.entries.end());
  return section;
}

inline const Entry* find_entry(const Entries& entries, std::int64_t number) {
  const auto found =
      std::lower_bound(entries.begin(), entries.end(), number,
                       [](const auto& entry, std::int64_t wanted) { return entry.first < wanted; });
  return found != entries.end() && found->first == number ? &found->second : nullptr;
}

}  // namespace cinnabar::pdf
