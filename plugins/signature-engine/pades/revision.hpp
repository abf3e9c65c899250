// A revision that bears a signature or a document timestamp: its dictionary with room for the
// content that is still missing, and the ranges of bytes around it (ISO 32000-2 12.8.1). Functions
// of their arguments.
#pragma once

#include "segment_writer.hpp"

namespace cinnabar::pades {

// All of it but the content of /Contents.
struct Revision {
  std::string bytes;
  std::size_t gap_begin = 0;  // the '<' of /Contents
  std::size_t gap_end = 0;    // behind its '>'
  Place end;

  std::size_t room() const { return (gap_end - gap_begin - 2) / 2; }  // bytes of content
  // Puts the content in, as hex; it fits.
  void fill(std::string_view content);
};

// The dictionary under way.
struct OpenSignature {
  std::size_t byte_range = 0;  // where its array is to be written
  std::size_t gap_begin = 0;
  std::size_t gap_end = 0;
};

// Writes the object: the entries (without << >>), then room for both ranges and for the content.
// /Contents comes last, so that little has to be hashed after it.
OpenSignature write_signature(SegmentWriter& out, std::int64_t number, std::string_view entries,
                              std::size_t contents_size);

// Finishes the update, and writes the ranges, which are known then: up to '<', and from behind '>'
// to the end of the file.
Revision finish_revision(SegmentWriter& out, const Place& before, const OpenSignature& signature);

// Writes the field anew with that signature, and with the appearance unless its number is 0.
void write_field(SegmentWriter& out, const PreparedField& field, std::int64_t signature,
                 std::int64_t appearance);

// The field of that name. Throws Error "signature.field_unknown".
const PreparedField& field_named(const FieldMap& map, std::string_view name);

// Throws Error "signature.map_invalid" unless the field can be of that map.
void check_field(const PreparedField& field, const FieldMap& map);

// A field without extent, like that of the certification, shows nothing.
inline bool invisible(const PreparedField& field) { return field.width == 0 || field.height == 0; }

}  // namespace cinnabar::pades
