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

// A file that was refused as too complex, of so many bytes, may hold what it was refused for. A
// chain that is followed in a circle ends at the limit too.
void check_refused(const pdf::TooComplex& refused, std::size_t size);

// Reads a whole file, unlocked by the empty password: all objects, the form, the signatures.
void read_file(std::string_view bytes);

}  // namespace cinnabar::fuzz
