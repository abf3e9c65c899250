// The bytes of an incremental update: nothing in them may be unaccounted for.
//
// Uses the File's cache, so: one thread. Source: ISO 32000-2, 7.5.6.
#pragma once

#include <cinnabar/pdf/file.hpp>

namespace cinnabar::pdf {

// The update's bytes are exactly its objects, its sections and its end, with white space between.
bool update_is_tiled(const File& file, std::size_t revision);

// The byte stands in an object or section that some revision lists.
bool belongs_to_object(const File& file, std::size_t at);

// Behind the last revision stands nothing but white space.
bool file_ends_clean(const File& file);

}  // namespace cinnabar::pdf
