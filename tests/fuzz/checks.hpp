// What must hold of everything that the strict reader lets through. Sanitizers see only what goes
// out of bounds; a limit or a comparison that was lost mostly does not. For the fuzz targets: they
// abort where something does not hold. Not thread-safe, as the File is not.
#pragma once

#include <cinnabar/pdf/file.hpp>

namespace cinnabar::fuzz {

// Aborts, and says why, unless the condition holds.
void expect(bool holds, const char* what);

// The revisions: in order, each inside the file, each section named once, entries within limits.
void check_revisions(const pdf::File& file);

// All objects of all revisions: nested within the limits, inside their file; references end.
void check_objects(const pdf::File& file);

}  // namespace cinnabar::fuzz
