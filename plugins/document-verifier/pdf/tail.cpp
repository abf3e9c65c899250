#include "tail.hpp"

#include <cinnabar/pdf/parser.hpp>

#include <algorithm>

namespace cinnabar::pdf {

namespace {

// Comments some writers put between objects: a header of binary bytes, their name.
constexpr std::size_t kCommentsMax = 1024;

using Span = std::pair<std::size_t, std::size_t>;

std::vector<Span> spans_of(const File& file, std::size_t revision) {
  const Revision& update = file.revisions()[revision];
  std::vector<Span> spans;
  for (const auto& [number, entry] : update.entries) {
    if (entry.kind != Entry::Kind::plain || number == 0) continue;
    // An entry may list an older object again; that it is the same is asked elsewhere.
    if (static_cast<std::uint64_t>(entry.place) + file.base() < update.begin) continue;
    const std::unique_ptr<IndirectObject> object = file.read(number, revision);
    spans.emplace_back(object->begin, object->end);
  }
  for (const Section& section : update.sections) {
    if (section.begin < update.begin) continue;  // the stream of an older hybrid, named again
    const bool listed = std::any_of(spans.begin(), spans.end(), [&](const Span& span) {
      return section.is_stream && span.first == section.begin;
    });
    if (!listed) spans.emplace_back(section.begin, section.end);
  }
  std::sort(spans.begin(), spans.end());
  return spans;
}

}  // namespace

bool update_is_tiled(const File& file, std::size_t revision) {
  const Revision& update = file.revisions()[revision];
  std::size_t at = update.begin, comments = 0;
  for (const auto& [begin, end] : spans_of(file, revision)) {
    if (begin < at) return false;
    Parser gap(file.bytes().substr(0, begin), at);
    gap.skip_space();
    comments += gap.comment_bytes();
    if (gap.at() != begin) return false;
    at = end;
  }
  return at == update.tail && comments <= kCommentsMax && update.end - update.tail <= kCommentsMax;
}

bool belongs_to_object(const File& file, std::size_t at) {
  for (std::size_t revision = 0; revision <= file.last(); ++revision) {
    const Revision& update = file.revisions()[revision];
    for (const Section& section : update.sections)
      if (section.begin <= at && at < section.end) return true;
    // The last object that begins before the byte is the only one that can hold it.
    std::int64_t number = 0;
    std::size_t begin = 0;
    for (const auto& [listed, entry] : update.entries) {
      const std::size_t place = static_cast<std::size_t>(entry.place) + file.base();
      if (entry.kind != Entry::Kind::plain || place > at || place < begin) continue;
      number = listed;
      begin = place;
    }
    if (number == 0) continue;
    try {
      const std::unique_ptr<IndirectObject> object = file.read(number, revision);
      if (object != nullptr && object->begin <= at && at < object->end) return true;
    } catch (const TooComplex&) {
      throw;
    } catch (const Malformed&) {
      continue;
    }
  }
  return false;
}

bool file_ends_clean(const File& file) {
  const std::string_view rest = file.bytes().substr(file.revisions().back().end);
  return std::all_of(rest.begin(), rest.end(),
                     [](char c) { return is_pdf_space(static_cast<unsigned char>(c)); });
}

}  // namespace cinnabar::pdf
