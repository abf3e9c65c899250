// Ways in which another reader may take a file for another document: what a repair would find in an
// update, tables that point into what comes later, a first page for files of another length.
//
// Uses the File's cache, so: one thread. Readers that cannot follow a file collect whatever looks
// like an object; an update must not hold what only they would see. Source: ISO 32000-2, Annex F
// and 7.5; Annex C of ISO 32000-1 for what readers repair.
#pragma once

#include <cinnabar/pdf/file.hpp>

namespace cinnabar::pdf {

// The update has the head of an object, a trailer or a member of an object stream that none of its
// sections lists.
bool hides_objects(const File& file, std::size_t revision);

// A revision lists an object behind its own end, and behind that of the first signed one.
bool points_behind_its_end(const File& file, std::size_t first_signed);

// The linearization does not belong to the chain of sections, or is right only for the file as it
// has become.
bool linearization_misleads(const File& file);

}  // namespace cinnabar::pdf
