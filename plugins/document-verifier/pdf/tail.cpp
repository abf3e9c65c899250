#include "tail.hpp"

#include <cinnabar/pdf/parser.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace cinnabar::pdf {

namespace {

// Comments some writers put between objects: a header of binary bytes, their name.
constexpr std::size_t kCommentsMax = 1024;
// Readers look for startxref in the last 1024 bytes of a file (ISO 32000-1, Annex H, 3.4.4).
constexpr std::size_t kEndWithin = 1024;

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

namespace {

// Of each object and each section that any revision lists, once; an object's number, or 0.
template <class Visit>
void each_extent(const File& file, std::size_t end, const Visit& visit) {
  std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t>> seen;  // listed again, it is known
  for (std::size_t revision = 0; revision <= file.last(); ++revision) {
    for (const Section& section : file.revisions()[revision].sections)
      visit(Span{section.begin, section.end});
    for (const auto& [number, entry] : file.revisions()[revision].entries) {
      if (entry.kind != Entry::Kind::plain || number == 0 ||
          static_cast<std::uint64_t>(entry.place) + file.base() >= end ||
          !seen.emplace(entry.place, number, entry.detail).second)
        continue;
      try {
        const std::unique_ptr<IndirectObject> object = file.read(number, revision);
        if (object != nullptr) visit(Span{object->begin, object->end});
      } catch (const TooComplex&) {
        throw;
      } catch (const Malformed&) {
        continue;  // nothing that could hold anything
      }
    }
  }
}

}  // namespace

std::vector<Span> listed_spans(const File& file) {
  std::vector<Span> spans;
  each_extent(file, file.bytes().size(), [&](const Span& span) { spans.push_back(span); });
  std::sort(spans.begin(), spans.end());
  std::vector<Span> out;
  for (const Span& span : spans) {
    if (out.empty() || span.first > out.back().second) {
      out.push_back(span);
    } else {
      out.back().second = std::max(out.back().second, span.second);
    }
  }
  return out;
}

bool stands_in_several(const File& file, const std::vector<std::size_t>& places) {
  if (places.empty()) return false;
  const auto [first, last] = std::minmax_element(places.begin(), places.end());
  std::map<std::size_t, std::set<std::size_t>> around;  // beginnings of what each stands in
  bool several = false;
  each_extent(file, *last, [&, first = *first](const Span& span) {
    if (span.second <= first) return;
    for (const std::size_t place : places) {
      if (place < span.first || place >= span.second) continue;
      std::set<std::size_t>& begins = around[place];
      begins.insert(span.first);
      several = several || begins.size() > 1;
    }
  });
  return several;
}

bool holds(const std::vector<Span>& spans, std::size_t at) {
  const auto after = std::upper_bound(
      spans.begin(), spans.end(), at,
      [](std::size_t wanted, const Span& span) { return wanted < span.first; });
  return after != spans.begin() && at < std::prev(after)->second;
}

bool file_ends_clean(const File& file, bool signed_to_the_end) {
  const Revision& newest = file.revisions().back();
  const std::string_view rest = file.bytes().substr(newest.end);
  if (!std::all_of(rest.begin(), rest.end(),
                   [](char c) { return is_pdf_space(static_cast<unsigned char>(c)); }))
    return false;
  return rest.empty() || signed_to_the_end || file.bytes().size() - newest.tail <= kEndWithin;
}

}  // namespace cinnabar::pdf
