// A PDF file as the list of its revisions, oldest first, and the objects as each revision sees
// them.
//
// Not thread-safe (it caches); one file, one thread. The bytes are borrowed and
// must outlive it. Everything is strict: nothing is repaired, whatever is wrong is thrown as
// Malformed. Source: ISO 32000-2, 7.5.
#pragma once

#include <cinnabar/pdf/inflate.hpp>
#include <cinnabar/pdf/limits.hpp>
#include <cinnabar/pdf/parser.hpp>
#include <cinnabar/pdf/section.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

namespace cinnabar::pdf {

// What one incremental update wrote: usually one section; two for a linearised file or a hybrid.
struct Revision {
  std::vector<Section> sections;  // the section that startxref names first
  Entries entries;                // of all its sections, as a reader resolves them
  Object trailer;                 // of the first section
  std::size_t begin = 0;          // end of the revision before, 0 for the first
  std::size_t tail = 0;           // end of its last section: startxref follows
  std::size_t end = 0;            // behind %%EOF
  std::int64_t size = 0;          // /Size
  bool hybrid = false;
};

class File {
 public:
  explicit File(std::string_view bytes);

  std::string_view bytes() const { return bytes_; }
  const std::vector<Revision>& revisions() const { return revisions_; }
  std::size_t last() const { return revisions_.size() - 1; }
  bool encrypted() const;

  // Where an object stands as of a revision; null when it is free or unknown there.
  const Entry* entry(std::int64_t number, std::size_t revision) const;

  // The object as of a revision; null when there is none. Throws Malformed when its bytes are bad.
  const IndirectObject* load(std::int64_t number, std::size_t revision) const;

  // Follows references to a value as of a revision; the null object at a dead end.
  const Object& resolve(const Object& object, std::size_t revision) const;
  const Object& resolve_at(const Object& dictionary, std::string_view key,
                           std::size_t revision) const {
    return resolve(dictionary.at(key), revision);
  }

  const Object& catalog(std::size_t revision) const {
    return resolve(revisions_[revision].trailer.at("Root"), revision);
  }

  // Numbers of all objects in use as of a revision, ascending.
  std::vector<std::int64_t> numbers(std::size_t revision) const;

 private:
  struct ObjectStream {
    std::string data;
    std::size_t first = 0;
    std::vector<std::pair<std::int64_t, std::size_t>> members;  // number, offset from first
  };

  void read_chain(std::size_t newest);
  void group_sections(std::vector<Section> chain);
  void close_revision(Revision& revision, std::size_t begin) const;
  const IndirectObject* load_plain(const Entry& entry, std::int64_t number,
                                   std::size_t revision) const;
  const IndirectObject* load_compressed(const Entry& entry, std::int64_t number,
                                        std::size_t revision) const;
  const ObjectStream& object_stream(std::int64_t number, std::size_t revision) const;

  std::string_view bytes_;
  std::vector<Revision> revisions_;
  mutable std::unordered_map<std::size_t, std::unique_ptr<IndirectObject>> plain_;  // by offset
  // By the offset of the object stream: a stream may be replaced under its number.
  mutable std::unordered_map<std::size_t, ObjectStream> streams_;
  mutable std::map<std::pair<std::size_t, std::int64_t>, std::unique_ptr<IndirectObject>> members_;
  mutable std::size_t inflated_ = 0;
  mutable int length_depth_ = 0;
};

namespace detail {

inline std::size_t find_newest_section(std::string_view bytes) {
  constexpr std::string_view kKeyword = "startxref";
  const std::size_t at = bytes.rfind(kKeyword);
  if (at == std::string_view::npos) throw Malformed("no startxref", bytes.size());
  Parser parser(bytes, at + kKeyword.size());
  const std::int64_t offset = parser.read_unsigned();
  if (offset <= 0 || static_cast<std::uint64_t>(offset) >= bytes.size())
    throw Malformed("startxref outside the file", at);
  return static_cast<std::size_t>(offset);
}

// Entries of `older` that `newer` does not have, joined to it.
inline void merge_entries(Entries& newer, const Entries& older, bool fill_free) {
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
      const bool take_older = fill_free && newer[i].second.kind == Entry::Kind::free;
      merged.push_back(take_older ? older[j] : newer[i]);
      ++i, ++j;
    }
  }
  newer = std::move(merged);
}

}  // namespace detail

inline File::File(std::string_view bytes) : bytes_(bytes) {
  if (bytes_.substr(0, 5) != "%PDF-") throw Malformed("no PDF header", 0);
  read_chain(detail::find_newest_section(bytes_));
}

inline bool File::encrypted() const {
  return std::any_of(revisions_.begin(), revisions_.end(),
                     [](const Revision& r) { return r.trailer.has("Encrypt"); });
}

inline void File::read_chain(std::size_t newest) {
  std::vector<Section> chain;
  std::set<std::size_t> seen;
  for (std::optional<std::size_t> next = newest; next;) {
    if (chain.size() >= kSectionsMax) throw TooComplex("too many revisions", *next);
    Section section = read_section(bytes_, *next);
    if (!seen.insert(section.begin).second) throw Malformed("loop of /Prev", section.begin);
    next = section.previous;
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
      more = section.previous && *section.previous > section.begin && i + 1 < chain.size() &&
             revision.sections.empty();
      const std::optional<std::size_t> hybrid = section.hybrid;
      detail::merge_entries(revision.entries, section.entries, false);
      revision.sections.push_back(std::move(section));
      if (!hybrid) continue;
      Section stream = read_section(bytes_, *hybrid);
      if (!stream.is_stream) throw Malformed("/XRefStm is no stream", *hybrid);
      detail::merge_entries(revision.entries, stream.entries, true);
      revision.sections.push_back(std::move(stream));
      revision.hybrid = true;
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
}

// Finds the startxref and %%EOF that belong to a revision and checks that they do.
inline void File::close_revision(Revision& revision, std::size_t begin) const {
  revision.begin = begin;
  for (const Section& section : revision.sections) {
    if (section.begin < begin) throw Malformed("section inside an earlier revision", section.begin);
    revision.tail = std::max(revision.tail, section.end);
  }
  Parser parser(bytes_, revision.tail);
  parser.expect("startxref");
  const std::int64_t offset = parser.read_unsigned();
  Parser target(bytes_, static_cast<std::size_t>(offset));
  target.skip_space();
  if (target.at() != revision.sections.front().begin)
    throw Malformed("startxref names another section", revision.tail);
  std::size_t at = parser.at();
  while (at < bytes_.size() && is_pdf_space(static_cast<unsigned char>(bytes_[at]))) ++at;
  constexpr std::string_view kMark = "%%EOF";
  if (bytes_.substr(at, kMark.size()) != kMark) throw Malformed("no %%EOF", at);
  revision.end = at + kMark.size();
}

inline const Entry* File::entry(std::int64_t number, std::size_t revision) const {
  for (std::size_t i = revision + 1; i-- > 0;) {
    const Entry* found = find_entry(revisions_[i].entries, number);
    if (found == nullptr) continue;
    return found->kind == Entry::Kind::free ? nullptr : found;
  }
  return nullptr;
}

inline const IndirectObject* File::load(std::int64_t number, std::size_t revision) const {
  const Entry* found = entry(number, revision);
  if (found == nullptr) return nullptr;
  return found->kind == Entry::Kind::plain ? load_plain(*found, number, revision)
                                           : load_compressed(*found, number, revision);
}

inline const IndirectObject* File::load_plain(const Entry& entry, std::int64_t number,
                                       std::size_t revision) const {
  if (static_cast<std::uint64_t>(entry.place) >= bytes_.size())
    throw Malformed("object outside the file", bytes_.size());
  const auto offset = static_cast<std::size_t>(entry.place);
  const auto known = plain_.find(offset);
  if (known != plain_.end()) {
    if (known->second->number != number) throw Malformed("two objects at one place", offset);
    return known->second.get();
  }
  Parser parser(bytes_, offset);
  auto object = std::make_unique<IndirectObject>(parser.read_indirect([&](const Object& length) {
    if (length_depth_ > 0) return std::int64_t{-1};  // a length that is itself a stream
    ++length_depth_;
    const Object* value = nullptr;
    try {
      value = &resolve(length, revision);
    } catch (...) {
      --length_depth_;
      throw;
    }
    --length_depth_;
    return value->is(Object::Kind::integer) ? value->integer : std::int64_t{-1};
  }));
  if (object->number != number || object->generation != entry.detail)
    throw Malformed("another object than the section says", offset);
  return plain_.emplace(offset, std::move(object)).first->second.get();
}

inline const File::ObjectStream& File::object_stream(std::int64_t number,
                                                     std::size_t revision) const {
  const Entry* container = entry(number, revision);
  if (container == nullptr || container->kind != Entry::Kind::plain)
    throw Malformed("object stream missing", 0);
  const auto offset = static_cast<std::size_t>(container->place);
  const auto known = streams_.find(offset);
  if (known != streams_.end()) return known->second;
  const IndirectObject* object = load_plain(*container, number, revision);
  if (!object->is_stream || !object->value.at("Type").is_name("ObjStm"))
    throw Malformed("no object stream", offset);
  ObjectStream stream;
  stream.data = decode_stream(object->value, bytes_.substr(object->data_begin, object->data_size),
                              std::min(kStructureStreamMax, kStructureTotalMax - inflated_));
  inflated_ += stream.data.size();
  // Direct numbers only: an indirect one could stand in another stream, and so on without end.
  const Object& count = object->value.at("N");
  const Object& first = object->value.at("First");
  if (!count.is(Object::Kind::integer) || !first.is(Object::Kind::integer) || first.integer < 0 ||
      static_cast<std::uint64_t>(first.integer) > stream.data.size())
    throw Malformed("object stream with a wrong head", offset);
  stream.first = static_cast<std::size_t>(first.integer);
  Parser head(std::string_view(stream.data).substr(0, stream.first));
  for (std::int64_t i = 0; i < count.integer; ++i) {
    const std::int64_t member = head.read_unsigned();
    stream.members.emplace_back(member, static_cast<std::size_t>(head.read_unsigned()));
  }
  return streams_.emplace(offset, std::move(stream)).first->second;
}

inline const IndirectObject* File::load_compressed(const Entry& entry, std::int64_t number,
                                            std::size_t revision) const {
  const Entry* container = this->entry(entry.place, revision);
  if (container == nullptr) throw Malformed("object stream missing", 0);
  const auto key = std::make_pair(static_cast<std::size_t>(container->place), number);
  const auto known = members_.find(key);
  if (known != members_.end()) return known->second.get();
  const ObjectStream& stream = object_stream(entry.place, revision);
  const auto index = static_cast<std::size_t>(entry.detail);
  if (index >= stream.members.size() || stream.members[index].first != number)
    throw Malformed("object stream without the object", key.first);
  const std::size_t at = stream.members[index].second;
  if (at > stream.data.size() - stream.first)
    throw Malformed("member outside its stream", key.first);
  Parser parser(stream.data, stream.first + at);
  auto object = std::make_unique<IndirectObject>();
  object->number = number;
  object->compressed = true;
  object->value = parser.read_object();
  object->begin = object->value.begin;
  object->end = object->value.end;
  return members_.emplace(key, std::move(object)).first->second.get();
}

inline const Object& File::resolve(const Object& object, std::size_t revision) const {
  static const Object none;
  const Object* at = &object;
  for (int depth = 0; at->is(Object::Kind::reference); ++depth) {
    if (depth > kReferenceDepthMax) throw Malformed("references in a circle", object.begin);
    const IndirectObject* target = load(at->integer, revision);
    if (target == nullptr || target->generation != at->generation) return none;
    at = &target->value;
  }
  return *at;
}

inline std::vector<std::int64_t> File::numbers(std::size_t revision) const {
  std::map<std::int64_t, bool> used;
  for (std::size_t i = 0; i <= revision; ++i)
    for (const auto& [number, entry] : revisions_[i].entries)
      used[number] = entry.kind != Entry::Kind::free;
  std::vector<std::int64_t> out;
  for (const auto& [number, in_use] : used)
    if (in_use && number != 0) out.push_back(number);
  return out;
}

}  // namespace cinnabar::pdf
