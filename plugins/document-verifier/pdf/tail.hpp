// The bytes of an incremental update: nothing in them may be unaccounted for.
//
// Uses the File's cache, so: one thread. Source: ISO 32000-2, 7.5.6.
#pragma once

#include <cinnabar/pdf/file.hpp>

#include <utility>
#include <vector>

namespace cinnabar::pdf {

// The update's bytes are exactly its objects, its sections and its end, with white space between.
bool update_is_tiled(const File& file, std::size_t revision);

// Begin and end of something in a file.
using Span = std::pair<std::size_t, std::size_t>;

// The objects and sections that any revision lists, joined where they touch, in their order.
std::vector<Span> listed_spans(const File& file);
// Some object or section reaches over one of the places besides the one that it belongs to.
bool stands_in_several(const File& file, const std::vector<std::size_t>& places);
bool holds(const std::vector<Span>& spans, std::size_t at);

// Behind the last revision stands nothing but white space, so little that every reader still finds
// its end; more where it was signed.
bool file_ends_clean(const File& file, bool signed_to_the_end);

}  // namespace cinnabar::pdf
