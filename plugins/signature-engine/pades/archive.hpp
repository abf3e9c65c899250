// The revision of a document timestamp: a prepared invisible field gets a timestamp over all bytes
// before it (ISO 32000-2 12.8.5, EN 319 142-1 5.4.3). Functions of their arguments.
#pragma once

#include "revision.hpp"

namespace cinnabar::pades {

// token_size: the bytes of token for which there is to be room.
Revision build_archive(const Place& place, const FieldMap& map, const PreparedField& field,
                       std::size_t token_size);

}  // namespace cinnabar::pades
