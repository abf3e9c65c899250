// Explains an incremental update after a signature, object by object; what no rule explains is
// told.
//
// Uses the File's cache, so: one thread. Allowed are: a signature in a field that
// was empty (its widgets change with it, never without it), new signature fields (invisible ones
// only once the document is certified, and blank ones while they are not signed), the security
// store, /Extensions, /Version, /Info and /Metadata. Everything else changes the document.
// Source: ISO 32000-2, 12.8.2.2 (DocMDP); EN 319 142-1, 5.
#pragma once

#include <cinnabar/pdf/form.hpp>

namespace cinnabar::pdf {

// What earlier revisions allow.
struct Permissions {
  bool certified = false;
  bool no_changes = false;  // DocMDP P=1
};

// Problems of one update against the revision before it: stable codes, some with ":" and an object
// number; empty: every change is explained.
std::vector<std::string> unexplained_changes(const File& file, std::size_t revision,
                                             const Permissions& permissions);

}  // namespace cinnabar::pdf
