// The looks of check boxes and radio buttons that programs draw anew when they fill a form.
//
// Uses the File's cache, so: one thread. Source: ISO 32000-2, 12.7.5.2.3.
#pragma once

#include <cinnabar/pdf/file.hpp>

namespace cinnabar::pdf {

// The look has a mark in its middle (`on`), or none, and nothing else but a border and a
// background: no images, no writing. False also when it cannot be read.
bool looks_marked(const File& file, std::int64_t stream, std::size_t revision, bool on);

}  // namespace cinnabar::pdf
