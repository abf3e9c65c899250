// A PDF file as the list of its revisions, oldest first, and the objects as each revision sees
// them.
//
// Owner: verify/. Not thread-safe (it caches); one file, one thread. The bytes are borrowed and
// must outlive it. Everything is strict: nothing is repaired, whatever is wrong is thrown as
// Malformed. Source: ISO 32000-2, 7.5.
#pragma once

#include "section.hpp"

#include <map>
#include <memory>
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

}  // namespace cinnabar::pdf
