// A PDF file as the list of its revisions, oldest first, and the objects as each revision sees
// them.
//
// Not thread-safe (it caches); one file, one thread. The bytes are borrowed and must outlive it.
// Nothing is searched for or guessed: whatever cannot be followed is thrown as Malformed.
// Source: ISO 32000-2, 7.5.
#pragma once

#include <cinnabar/pdf/decrypt.hpp>
#include <cinnabar/pdf/inflate.hpp>
#include <cinnabar/pdf/limits.hpp>
#include <cinnabar/pdf/parser.hpp>
#include <cinnabar/pdf/section.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
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
  std::size_t base() const { return base_; }  // what offsets in the file count from
  const std::vector<Revision>& revisions() const { return revisions_; }
  std::size_t last() const { return revisions_.size() - 1; }

  bool encrypted() const;
  // Reads the strings and object streams of an encrypted file from now on; false when the password
  // is not right or the encryption is none we know. Call it before anything is loaded.
  bool unlock(std::string_view password);

  // Where an object stands as of a revision; null when it is free or unknown there.
  const Entry* entry(std::int64_t number, std::size_t revision) const;

  // The object as of a revision; null when there is none. Throws Malformed when its bytes are bad.
  // It stays until forget() drops it.
  const IndirectObject* load(std::int64_t number, std::size_t revision) const;

  // The same, but not kept: for walks over all objects.
  std::unique_ptr<IndirectObject> read(std::int64_t number, std::size_t revision) const;

  // Drops what load() and resolve() keep once it is more than a file should cost; every reference
  // they gave ends. For walks over many revisions, between two of them.
  void forget() const;

  // The raw data of a stream, decrypted.
  std::string stream_data(const IndirectObject& object) const;

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

  // The numbers of the objects in an object stream. Throws Malformed when it is none.
  std::vector<std::int64_t> members_of(std::int64_t stream, std::size_t revision) const;

  // Some object is a member of this object stream as of the one revision and of the other; that the
  // stream is there is not asked.
  bool has_members(std::int64_t stream, std::size_t then, std::size_t now) const;

 private:
  struct ObjectStream {
    std::string data;
    std::size_t first = 0;
    std::vector<std::pair<std::int64_t, std::size_t>> members;  // number, offset from first
    std::uint32_t source = 0;
  };
  // What one revision says of one object.
  struct Version {
    std::uint32_t number = 0;
    std::uint32_t revision = 0;
    const Entry* entry = nullptr;
  };

  std::size_t find_newest_section() const;
  Section section_at(std::size_t offset);
  void read_chain(std::size_t newest);
  void group_sections(std::vector<Section> chain);
  void add_hybrid(Revision& revision, std::size_t offset);
  void close_revision(Revision& revision, std::size_t begin) const;
  void index_versions();
  void check_stream_numbers() const;
  const IndirectObject* keep(std::unique_ptr<IndirectObject>& place,
                             std::unique_ptr<IndirectObject> object) const;
  std::unique_ptr<IndirectObject> read_plain(const Entry& entry, std::int64_t number,
                                             std::size_t revision) const;
  std::unique_ptr<IndirectObject> read_compressed(const Entry& entry, std::int64_t number,
                                                  std::size_t revision) const;
  const ObjectStream& object_stream(std::int64_t number, std::size_t revision) const;
  std::int64_t indirect_length(const Object& length, std::size_t revision) const;

  std::string_view bytes_;
  std::size_t base_ = 0;  // what offsets count from: the header, behind whatever precedes it
  std::size_t entries_ = 0;
  std::vector<Revision> revisions_;
  std::vector<Version> versions_;  // by number, then by revision
  std::optional<Decryptor> decryptor_;
  std::set<std::int64_t> encrypt_objects_;  // their strings are not encrypted
  mutable std::unordered_map<std::size_t, std::unique_ptr<IndirectObject>> plain_;  // by offset
  // By the offset of the object stream: a stream may be replaced under its number.
  mutable std::unordered_map<std::size_t, ObjectStream> streams_;
  // By the place of the stream, the object's number, and its index there.
  mutable std::map<std::tuple<std::size_t, std::int64_t, std::int64_t>,
                   std::unique_ptr<IndirectObject>>
      members_;
  mutable std::set<std::size_t> counted_;  // object streams that were inflated, by offset
  mutable std::size_t distinct_ = 0;       // bytes of them, each counted once
  // Every object stream that any revision names, with the members it is to have; once asked for.
  mutable std::optional<std::vector<std::pair<std::int64_t, std::int64_t>>> members_listed_;
  mutable std::size_t inflated_ = 0;       // bytes, each time counted
  mutable std::size_t kept_ = 0;         // bytes in streams_
  mutable std::size_t values_kept_ = 0;  // in plain_ and members_
  mutable int length_depth_ = 0;
};

inline bool File::encrypted() const {
  return std::any_of(revisions_.begin(), revisions_.end(),
                     [](const Revision& r) { return r.trailer.has("Encrypt"); });
}

inline bool File::unlock(std::string_view password) {
  const Revision& newest = revisions_.back();
  const Object& encrypt = newest.trailer.at("Encrypt");
  for (const Revision& revision : revisions_)
    if (revision.trailer.at("Encrypt").is(Object::Kind::reference))
      encrypt_objects_.insert(revision.trailer.at("Encrypt").integer);
  const Object& id = resolve_at(newest.trailer, "ID", last());
  const std::string first_id = id.items.empty() ? std::string() : id.items[0].text;
  const Object& dictionary = resolve(encrypt, last());
  if (!dictionary.is(Object::Kind::dictionary)) return false;
  decryptor_ = Decryptor::open(dictionary, first_id, password);
  return decryptor_.has_value();
}

inline const Entry* File::entry(std::int64_t number, std::size_t revision) const {
  const auto after = std::upper_bound(
      versions_.begin(), versions_.end(), std::pair(number, revision),
      [](const auto& wanted, const Version& version) {
        return wanted < std::pair<std::int64_t, std::size_t>(version.number, version.revision);
      });
  if (after == versions_.begin()) return nullptr;
  const Version& found = *std::prev(after);
  if (found.number != number || found.entry->kind == Entry::Kind::free) return nullptr;
  return found.entry;
}

inline const IndirectObject* File::load(std::int64_t number, std::size_t revision) const {
  const Entry* found = entry(number, revision);
  if (found == nullptr) return nullptr;
  if (found->kind == Entry::Kind::plain) {
    const auto offset = static_cast<std::size_t>(found->place);
    const auto known = plain_.find(offset);
    if (known == plain_.end()) {
      std::unique_ptr<IndirectObject> object = read_plain(*found, number, revision);
      return keep(plain_[offset], std::move(object));
    }
    if (known->second->number != number) throw Malformed("two objects at one place", offset);
    return known->second.get();
  }
  const Entry* container = entry(found->place, revision);
  if (container == nullptr) throw Malformed("object stream missing", 0);
  const auto key =
      std::make_tuple(static_cast<std::size_t>(container->place), number, found->detail);
  const auto known = members_.find(key);
  if (known != members_.end()) return known->second.get();
  std::unique_ptr<IndirectObject> object = read_compressed(*found, number, revision);
  return keep(members_[key], std::move(object));
}

inline const IndirectObject* File::keep(std::unique_ptr<IndirectObject>& place,
                                        std::unique_ptr<IndirectObject> object) const {
  values_kept_ += object->values;
  place = std::move(object);
  return place.get();
}

inline void File::forget() const {
  if (values_kept_ < kValuesKeptMax) return;
  plain_.clear();
  members_.clear();
  values_kept_ = 0;
}

inline std::unique_ptr<IndirectObject> File::read(std::int64_t number,
                                                  std::size_t revision) const {
  const Entry* found = entry(number, revision);
  if (found == nullptr) return nullptr;
  return found->kind == Entry::Kind::plain ? read_plain(*found, number, revision)
                                           : read_compressed(*found, number, revision);
}

inline std::int64_t File::indirect_length(const Object& length, std::size_t revision) const {
  if (length_depth_ > 0) return -1;  // a length that is itself a stream
  ++length_depth_;
  std::int64_t size = -1;
  try {
    const Object& value = resolve(length, revision);
    if (value.is(Object::Kind::integer)) size = value.integer;
  } catch (const Malformed&) {
    size = -1;
  } catch (...) {
    --length_depth_;
    throw;
  }
  --length_depth_;
  return size;
}

inline std::unique_ptr<IndirectObject> File::read_plain(const Entry& entry, std::int64_t number,
                                                        std::size_t revision) const {
  if (static_cast<std::uint64_t>(entry.place) >= bytes_.size() - base_)
    throw Malformed("object outside the file", bytes_.size());
  const auto offset = static_cast<std::size_t>(entry.place) + base_;
  Parser parser(bytes_, offset);
  auto object = std::make_unique<IndirectObject>(parser.read_indirect(
      [&](const Object& length) { return indirect_length(length, revision); }));
  if (object->number != number || object->generation != entry.detail)
    throw Malformed("another object than the section says", offset);
  if (decryptor_ && encrypt_objects_.count(number) == 0 &&
      !object->value.at("Type").is_name("XRef"))
    decryptor_->decrypt_strings(object->value, number, object->generation);
  return object;
}

inline std::string File::stream_data(const IndirectObject& object) const {
  const std::string_view raw = bytes_.substr(object.data_begin, object.data_size);
  if (!decryptor_ || object.value.at("Type").is_name("XRef")) return std::string(raw);
  return decryptor_->decrypt_stream(object.value, raw, object.number, object.generation);
}

inline const File::ObjectStream& File::object_stream(std::int64_t number,
                                                     std::size_t revision) const {
  const Entry* container = entry(number, revision);
  if (container == nullptr || container->kind != Entry::Kind::plain)
    throw Malformed("object stream missing", 0);
  const auto offset = static_cast<std::size_t>(container->place);
  const auto known = streams_.find(offset);
  if (known != streams_.end()) return known->second;
  const std::unique_ptr<IndirectObject> object = read_plain(*container, number, revision);
  if (!object->is_stream || !object->value.at("Type").is_name("ObjStm"))
    throw Malformed("no object stream", offset);
  ObjectStream stream;
  stream.data = decode_stream(object->value, stream_data(*object),
                              std::min({kStructureStreamMax, kInflatedMax - inflated_,
                                        counted_.count(offset) != 0
                                            ? kStructureStreamMax
                                            : kStructureTotalMax - distinct_}));
  inflated_ += stream.data.size();
  if (counted_.insert(offset).second) distinct_ += stream.data.size();
  stream.source = static_cast<std::uint32_t>(offset) + 1;  // never the file's own, 0
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
  // Streams follow each other: dropping all of them is as good as dropping the oldest.
  const std::size_t size = stream.data.size() + stream.members.size() * sizeof(stream.members[0]);
  if (kept_ + size > kStructureKeptMax) {
    streams_.clear();
    kept_ = 0;
  }
  kept_ += size;
  return streams_.emplace(offset, std::move(stream)).first->second;
}

inline std::unique_ptr<IndirectObject> File::read_compressed(const Entry& entry,
                                                             std::int64_t number,
                                                             std::size_t revision) const {
  const ObjectStream& stream = object_stream(entry.place, revision);
  const auto index = static_cast<std::size_t>(entry.detail);
  if (index >= stream.members.size() || stream.members[index].first != number)
    throw Malformed("object stream without the object", 0);
  const std::size_t at = stream.members[index].second;
  if (at > stream.data.size() - stream.first) throw Malformed("member outside its stream", 0);
  Parser parser(stream.data, stream.first + at, stream.source);
  auto object = std::make_unique<IndirectObject>();
  object->number = number;
  object->compressed = true;
  object->value = parser.read_object();
  object->values = parser.values();
  object->begin = object->value.begin;
  object->end = object->value.end;
  return object;
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

inline std::vector<std::int64_t> File::members_of(std::int64_t stream,
                                                  std::size_t revision) const {
  std::vector<std::int64_t> out;
  for (const auto& [number, offset] : object_stream(stream, revision).members)
    out.push_back(number);
  return out;
}

inline bool File::has_members(std::int64_t stream, std::size_t then, std::size_t now) const {
  if (!members_listed_) {
    members_listed_.emplace();
    for (const Version& version : versions_)
      if (version.entry->kind == Entry::Kind::compressed)
        members_listed_->emplace_back(version.entry->place, version.number);
    std::sort(members_listed_->begin(), members_listed_->end());
  }
  const auto is_member = [&](std::int64_t number, std::size_t revision) {
    const Entry* found = entry(number, revision);
    return found != nullptr && found->kind == Entry::Kind::compressed && found->place == stream;
  };
  auto at = std::lower_bound(members_listed_->begin(), members_listed_->end(),
                             std::pair(stream, std::int64_t{0}));
  for (; at != members_listed_->end() && at->first == stream; ++at)
    if (is_member(at->second, then) && is_member(at->second, now)) return true;
  return false;
}

inline std::vector<std::int64_t> File::numbers(std::size_t revision) const {
  std::vector<std::int64_t> out;
  for (const Version& version : versions_) {
    if (version.revision > revision || version.number == 0) continue;
    const bool known = !out.empty() && out.back() == version.number;
    const bool in_use = version.entry->kind != Entry::Kind::free;
    if (known && !in_use) out.pop_back();
    if (!known && in_use) out.push_back(version.number);
  }
  return out;
}

}  // namespace cinnabar::pdf

#include <cinnabar/pdf/file_revisions.hpp>
