// The part of an image that hides what lies below it.
//
// Uses the File's cache, so: one thread. Source: ISO 32000-2, 8.9.5 and 11.6.5.
#pragma once

#include "content.hpp"
#include "geometry.hpp"
#include "work.hpp"

#include <cinnabar/pdf/file.hpp>

namespace cinnabar::pdf {

// In the unit square that the image fills; none when the page shows through.
std::optional<Box> opaque_part(const Object& image);
std::optional<Box> opaque_part(const Operation& inline_image);

}  // namespace cinnabar::pdf
