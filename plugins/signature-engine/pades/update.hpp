// The incremental update of one act, up to the point where its signature's content is missing:
// drawings, appearances, fields, the catalog when certifying, and the signature dictionary with
// room for the CMS (ISO 32000-2 12.8, EN 319 142-1). Functions of their arguments.
#pragma once

#include "appearance.hpp"

#include <cinnabar/services/signature_engine.hpp>

#include <string>

namespace cinnabar::pades {

struct Update {
  std::string bytes;
  std::size_t gap_begin = 0;  // the '<' of /Contents
  std::size_t gap_end = 0;    // behind its '>'
  std::int64_t start_xref = 0;
  std::int64_t next_object = 0;
};

// Throws Error "signature.map_invalid", "signature.state_mismatch", "signature.marks_invalid",
// "signature.field_unknown", "signature.drawing_unknown" and those of appearance.hpp.
void check_request(const SignRequest& request);

// contents_size: the bytes of CMS for which there is to be room. The request has been checked.
Update build_update(const SignRequest& request, std::size_t contents_size, DrawingCache& cache);

}  // namespace cinnabar::pades
