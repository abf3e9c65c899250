// The part of an image that hides what lies below it.
//
// Uses the File's cache, so: one thread. Source: ISO 32000-2, 8.9.5, 8.9.6 and 11.6.5.
#pragma once

#include "content.hpp"
#include "geometry.hpp"
#include "work.hpp"

namespace cinnabar::pdf {

// In the unit square that the image fills; none when the page shows through. A masked image counts
// where its mask is solid over a good part of it: the star of a seal is no such part, white paper
// that came along with a signature is.
std::optional<Box> opaque_part(const File& file, std::size_t revision, const IndirectObject& image,
                               Work& work);
std::optional<Box> opaque_part(const Operation& inline_image);

// One channel of samples.
struct Samples {
  std::size_t width = 0, height = 0, bits = 8;
  bool zero_paints = false;  // the lowest value paints, not the highest
  std::string_view data;
};

// The largest rectangle that is painted, when it is a good part of the whole.
std::optional<Box> solid_part(const Samples& samples);

}  // namespace cinnabar::pdf
