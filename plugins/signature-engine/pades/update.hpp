// The first revision of an act, up to the point where its signature's content is missing:
// drawings, appearances, fields, the catalog when certifying, and the signature dictionary with
// room for the CMS (ISO 32000-2 12.8, EN 319 142-1). Functions of their arguments.
#pragma once

#include "appearance.hpp"
#include "revision.hpp"

namespace cinnabar::pades {

// Throws Error "signature.map_invalid", "signature.state_mismatch", "signature.marks_invalid",
// "signature.field_unknown", "signature.drawing_unknown" and those of appearance.hpp.
void check_request(const SignRequest& request);

// Whether map and state are of one document: the first two of these errors.
void check_place(const FieldMap& map, const DocumentState& state);

// contents_size: the bytes of CMS for which there is to be room. The request has been checked.
Revision build_update(const SignRequest& request, const Place& place, std::size_t contents_size,
                      DrawingCache& cache);

}  // namespace cinnabar::pades
