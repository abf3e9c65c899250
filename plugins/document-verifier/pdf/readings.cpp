#include "readings.hpp"

#include <cinnabar/pdf/parser.hpp>

#include <algorithm>
#include <set>

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

// Of what stands before "obj"; numbers and space take less.
constexpr std::size_t kHeadWindow = 256;

bool is_space(char c) { return is_pdf_space(static_cast<unsigned char>(c)); }

std::string without_comments(std::string_view text) {
  std::string out;
  bool comment = false;
  for (const char c : text) {
    if (c == '\n' || c == '\r') comment = false;
    if (c == '%') comment = true;
    if (!comment) out += c;
  }
  return out;
}

// Takes digits off the end; false when there are none.
bool drop_digits(std::string_view& text) {
  const std::size_t size = text.size();
  while (!text.empty() && detail::is_digit(text.back())) text.remove_suffix(1);
  return text.size() < size;
}

bool drop_space(std::string_view& text) {
  const std::size_t size = text.size();
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text.size() < size;
}

// The text ends with what makes "obj" behind it the head of an object.
bool ends_with_numbers(std::string_view before) {
  const std::string cleaned = without_comments(before);
  std::string_view text = cleaned;
  drop_space(text);
  return drop_digits(text) && drop_space(text) && drop_digits(text);
}

// Where "obj" stands in the head of the object or section that begins there.
std::size_t keyword_of(const File& file, std::size_t begin) {
  Parser parser(file.bytes(), begin);
  parser.read_unsigned();
  parser.read_unsigned();
  parser.expect("obj");
  return parser.at() - 3;
}

std::set<std::size_t> listed_keywords(const File& file, std::size_t revision) {
  const Revision& update = file.revisions()[revision];
  std::set<std::size_t> out;
  for (const auto& [number, entry] : update.entries)
    if (entry.kind == Entry::Kind::plain && number != 0)
      out.insert(keyword_of(file, static_cast<std::size_t>(entry.place) + file.base()));
  for (const Section& section : update.sections)
    if (section.is_stream) out.insert(keyword_of(file, section.begin));
  return out;
}

bool hides_heads(const File& file, std::size_t revision) {
  const Revision& update = file.revisions()[revision];
  const std::string_view bytes = file.bytes().substr(0, update.end);
  const std::set<std::size_t> listed = listed_keywords(file, revision);
  for (std::size_t at = bytes.find("obj", update.begin); at != std::string_view::npos;
       at = bytes.find("obj", at + 1)) {
    const std::size_t window = std::min(at, kHeadWindow);
    if (listed.count(at) == 0 && ends_with_numbers(bytes.substr(at - window, window))) return true;
  }
  return false;
}

bool hides_trailers(const File& file, std::size_t revision) {
  constexpr std::string_view kKeyword = "trailer";
  const Revision& update = file.revisions()[revision];
  const std::string_view bytes = file.bytes().substr(0, update.end);
  for (std::size_t at = bytes.find(kKeyword, update.begin); at != std::string_view::npos;
       at = bytes.find(kKeyword, at + 1)) {
    const bool listed = std::any_of(
        update.sections.begin(), update.sections.end(), [&](const Section& section) {
          return !section.is_stream && section.begin <= at && at < section.end;
        });
    Parser behind(bytes, at + kKeyword.size());
    behind.skip_space();
    if (!listed && bytes.substr(behind.at(), 2) == "<<") return true;
  }
  return false;
}

bool hides_members(const File& file, std::size_t revision) {
  for (const auto& [number, entry] : file.revisions()[revision].entries) {
    if (entry.kind != Entry::Kind::plain || number == 0) continue;
    const std::unique_ptr<IndirectObject> object = file.read(number, revision);
    if (object == nullptr || !object->is_stream || !object->value.at("Type").is_name("ObjStm"))
      continue;
    for (const std::int64_t member : file.members_of(number, revision)) {
      const Entry* listed = file.entry(member, revision);
      if (listed == nullptr || listed->kind != Entry::Kind::compressed || listed->place != number)
        return true;
    }
  }
  return false;
}

}  // namespace

bool hides_objects(const File& file, std::size_t revision) {
  return hides_heads(file, revision) || hides_trailers(file, revision) ||
         hides_members(file, revision);
}

bool points_behind_its_end(const File& file, std::size_t first_signed) {
  for (std::size_t i = 0; i < file.last(); ++i) {
    const std::size_t end = file.revisions()[std::max(i, first_signed)].end;
    for (const auto& [number, entry] : file.revisions()[i].entries) {
      const std::uint64_t place = static_cast<std::uint64_t>(entry.place) + file.base();
      // Behind the whole file there is nothing yet that could be shown.
      if (entry.kind == Entry::Kind::plain && number != 0 && place >= end &&
          place < file.bytes().size())
        return true;
    }
  }
  return false;
}

bool linearization_misleads(const File& file) {
  Parser parser(file.bytes(), std::max(file.base(), file.bytes().find("%PDF-")));
  IndirectObject first;
  try {
    first = parser.read_indirect([](const Object&) { return std::int64_t{-1}; });
  } catch (const Malformed&) {
    return false;
  }
  if (!first.value.is(Kind::dictionary) || !first.value.has("Linearized")) return false;
  // Readers go by it where the length is right, and by startxref where it is not.
  const Object& length = first.value.at("L");
  const bool whole = !length.is(Kind::integer) ||
                     static_cast<std::size_t>(length.integer) == file.bytes().size();
  if (whole && file.last() > 0) return true;
  parser.skip_space();
  const std::vector<Section>& sections = file.revisions()[0].sections;
  return std::none_of(sections.begin(), sections.end(),
                      [&](const Section& section) { return section.begin == parser.at(); });
}

}  // namespace cinnabar::pdf
