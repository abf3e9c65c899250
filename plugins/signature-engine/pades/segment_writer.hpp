// SegmentWriter: one incremental update (ISO 32000-2 7.5.6) as bytes to append to a document that
// is not at hand. Objects get fresh numbers or replace ones of the document; generation is always
// 0, nothing is freed; the cross-reference section is of the kind that the base has. Owned by one
// revision being made; one thread.
#pragma once

#include <cinnabar/services/signature_engine.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cinnabar::pades {

// Where a document ends, for what comes next.
struct Place {
  std::int64_t length = 0;
  std::int64_t start_xref = 0;
  std::int64_t next_object = 0;
};

class SegmentWriter {
 public:
  // The map must outlive the writer.
  SegmentWriter(const Place& place, const FieldMap& map, std::size_t size_hint);

  std::int64_t new_object() { return next_object_++; }

  // Writes an object: a dictionary's content without << >>, with a stream's data if there is one.
  void write_dictionary(std::int64_t number, std::string_view dictionary);
  void write_stream(std::int64_t number, std::string_view dictionary, std::string_view data);

  // For an object of which the caller writes the parts itself into `bytes`.
  void begin_object(std::int64_t number);
  void end_object() { bytes += "\nendobj\n"; }

  // Appends the cross-reference section and the end of file. Nothing can be written after.
  void finish();

  // Where the document ends with this update; after finish.
  Place end() const {
    return {place_.length + static_cast<std::int64_t>(bytes.size()), start_xref_, next_object_};
  }

  std::string bytes;

 private:
  using Offsets = std::vector<std::pair<std::int64_t, std::int64_t>>;  // number, offset in the file

  void append_trailer_entries();
  void write_table();
  void write_xref_stream();

  const Place place_;
  const FieldMap& map_;
  std::int64_t next_object_;
  std::int64_t start_xref_ = 0;
  Offsets offsets_;
};

}  // namespace cinnabar::pades
