#include "archive.hpp"

namespace cinnabar::pades {

Revision build_archive(const Place& place, const FieldMap& map, const PreparedField& field,
                       std::size_t token_size) {
  constexpr std::size_t kSizeHint = 2'048;
  SegmentWriter out(place, map, 2 * token_size + kSizeHint);
  const std::int64_t signature = out.new_object();
  write_field(out, field, signature, 0);
  const OpenSignature open =
      write_signature(out, signature,
                      "/Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161 /V 0",
                      token_size);
  return finish_revision(out, place, open);
}

}  // namespace cinnabar::pades
