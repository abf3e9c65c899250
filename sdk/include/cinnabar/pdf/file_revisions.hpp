// How a File finds its revisions: the chain of sections, what belongs together, where each ends.
//
// The second half of file.hpp, which includes it. Source: ISO 32000-2, 7.5.4 to 7.5.8, Annex F.
#pragma once

#include <cinnabar/pdf/file.hpp>

namespace cinnabar::pdf {

namespace detail {

// Entries of `older` that `newer` does not have, joined to it.
inline void merge_entries(Entries& newer, const Entries& older, bool hybrid) {
  if (newer.empty()) {
    newer = older;
    return;
  }
  Entries merged;
  merged.reserve(newer.size() + older.size());
  std::size_t i = 0, j = 0;
  while (i < newer.size() || j < older.size()) {
    if (j == older.size() || (i < newer.size() && newer[i].first < older[j].first)) {
      merged.push_back(newer[i++]);
    } else if (i == newer.size() || older[j].first < newer[i].first) {
      merged.push_back(older[j++]);
    } else {
      // The table of a hybrid calls free what its stream knows; in any other case the newer wins.
      const bool take_older = hybrid && newer[i].second.kind == Entry::Kind::free;
      // Readers ask one or the other first: then two documents would be in one file.
      if (hybrid && !take_older && older[j].second.kind != Entry::Kind::free &&
          !(newer[i].second == older[j].second))
        throw Malformed("table and stream of a hybrid disagree on an object", 0);
      merged.push_back(take_older ? older[j] : newer[i]);
      ++i, ++j;
    }
  }
  newer = std::move(merged);
}

// Readers look for the header in the first 1024 bytes (ISO 32000-1, Annex H, 3.4.1).
inline constexpr std::size_t kHeaderWithin = 1024;

}  // namespace detail

inline File::File(std::string_view bytes) : bytes_(bytes) {
  const std::size_t header = bytes_.substr(0, detail::kHeaderWithin + 5).find("%PDF-");
  if (header == std::string_view::npos) throw Malformed("no PDF header", 0);
  std::size_t newest = find_newest_section();
  if (header > 0) {
    // Offsets count from the header, or, where the junk came with the writer, from the beginning.
    try {
      read_section(bytes_, newest);
    } catch (const Malformed&) {
      base_ = header;
      newest += base_;
    }
  }
  read_chain(newest);
}

inline std::size_t File::find_newest_section() const {
  constexpr std::string_view kKeyword = "startxref";
  const std::size_t at = bytes_.rfind(kKeyword);
  if (at == std::string_view::npos) throw Malformed("no startxref", bytes_.size());
  Parser parser(bytes_, at + kKeyword.size());
  const std::int64_t offset = parser.read_unsigned();
  if (offset <= 0 || static_cast<std::uint64_t>(offset) >= bytes_.size())
    throw Malformed("startxref outside the file", at);
  return static_cast<std::size_t>(offset);
}

inline Section File::section_at(std::size_t offset) {
  Section section = read_section(bytes_, offset);
  entries_ += section.entries.size();
  if (entries_ > kEntriesMax) throw TooComplex("too many objects", offset);
  return section;
}

inline void File::read_chain(std::size_t newest) {
  std::vector<Section> chain;
  std::set<std::size_t> seen;
  for (std::optional<std::size_t> next = newest; next;) {
    if (chain.size() >= kSectionsMax) throw TooComplex("too many revisions", *next);
    Section section = section_at(*next);
    if (!seen.insert(section.begin).second) throw Malformed("loop of /Prev", section.begin);
    next = section.previous;
    if (next) *next += base_;
    chain.push_back(std::move(section));
  }
  group_sections(std::move(chain));
}

// The chain comes newest first. A section whose /Prev points forward is the first half of a
// linearised file and belongs to the same revision as the section it points to.
inline void File::group_sections(std::vector<Section> chain) {
  for (std::size_t i = 0; i < chain.size(); ++i) {
    Revision revision;
    revision.trailer = chain[i].trailer;
    revision.size = chain[i].trailer.at("Size").integer;
    for (bool more = true; more; ++i) {
      Section& section = chain[i];
      more = section.previous && *section.previous + base_ > section.begin &&
             i + 1 < chain.size() && revision.sections.empty();
      const std::optional<std::size_t> hybrid = section.hybrid;
      detail::merge_entries(revision.entries, section.entries, false);
      section.entries = {};
      revision.sections.push_back(std::move(section));
      if (hybrid) add_hybrid(revision, *hybrid + base_);
    }
    --i;
    revisions_.push_back(std::move(revision));
  }
  std::reverse(revisions_.begin(), revisions_.end());
  std::size_t begin = 0;
  for (Revision& revision : revisions_) {
    close_revision(revision, begin);
    begin = revision.end;
  }
  index_versions();
  check_stream_numbers();
}

// A cross-reference stream is an object too. Where its number is another object's, the one or the
// other counts, depending on the reader.
inline void File::check_stream_numbers() const {
  std::set<std::size_t> streams;
  for (const Revision& revision : revisions_)
    for (const Section& section : revision.sections)
      if (section.is_stream) streams.insert(section.begin);
  for (std::size_t i = 0; i < revisions_.size(); ++i)
    for (const Section& section : revisions_[i].sections) {
      const Entry* known = section.is_stream ? entry(section.stream_number, i) : nullptr;
      if (known == nullptr) continue;
      const auto place = static_cast<std::size_t>(known->place) + base_;
      bool itself = known->kind == Entry::Kind::plain && place <= bytes_.size();
      if (itself) {
        Parser parser(bytes_, place);
        parser.skip_space();
        itself = streams.count(parser.at()) != 0;
      }
      if (!itself) throw Malformed("section with the number of another object", section.begin);
    }
}

// A search through each revision would make long chains slow: time by the square of their length.
inline void File::index_versions() {
  versions_.reserve(entries_);
  for (std::size_t i = 0; i < revisions_.size(); ++i)
    for (const auto& [number, entry] : revisions_[i].entries)
      versions_.push_back(
          {static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(i), &entry});
  if (revisions_.size() == 1) return;
  std::stable_sort(versions_.begin(), versions_.end(),
                   [](const Version& a, const Version& b) { return a.number < b.number; });
}

inline void File::add_hybrid(Revision& revision, std::size_t offset) {
  Section stream = section_at(offset);
  if (!stream.is_stream) throw Malformed("/XRefStm is no stream", offset);
  detail::merge_entries(revision.entries, stream.entries, true);
  stream.entries = {};
  revision.sections.push_back(std::move(stream));
  revision.hybrid = true;
}

// Finds the startxref and %%EOF that belong to a revision and checks that they do.
inline void File::close_revision(Revision& revision, std::size_t begin) const {
  revision.begin = begin;
  for (const Section& section : revision.sections) {
    // Some writers repeat the /XRefStm of the revision before.
    if (section.begin < begin && !(revision.hybrid && section.is_stream))
      throw Malformed("section inside an earlier revision", section.begin);
    revision.tail = std::max(revision.tail, section.end);
  }
  Parser parser(bytes_, revision.tail);
  parser.expect("startxref");
  const std::size_t keyword = parser.at();
  const std::int64_t offset = parser.read_unsigned();
  // Other readers give up on a comment here, and put the file together as they think best.
  if (bytes_.substr(keyword, parser.at() - keyword).find_first_not_of(" \t\r\n0123456789") !=
      std::string_view::npos)
    throw Malformed("startxref is followed by more than a number", keyword);
  Parser target(bytes_, static_cast<std::size_t>(offset) + base_);
  target.skip_space();
  if (target.at() != revision.sections.front().begin)
    throw Malformed("startxref names another section", revision.tail);
  std::size_t at = parser.at();
  while (at < bytes_.size() && is_pdf_space(static_cast<unsigned char>(bytes_[at]))) ++at;
  constexpr std::string_view kMark = "%%EOF";
  if (bytes_.substr(at, kMark.size()) != kMark) throw Malformed("no %%EOF", at);
  revision.end = at + kMark.size();
}

}  // namespace cinnabar::pdf
