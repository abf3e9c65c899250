// Explains an incremental update after a signature, object by object; what no rule explains is
// told.
//
// Uses the File's cache, so: one thread. Allowed are: a signature in a field that was empty (its
// widgets change with it, never without it), new signature fields (invisible ones only once the
// document is certified, and blank ones while they are not signed), the security store,
// /Extensions, /Version, the dates of /Info and /Metadata, structure elements of new fields, and
// what a certification explicitly allows: filling form fields, and notes. Everything else changes
// the document. Source: ISO 32000-2, 12.8.2.2 (DocMDP); EN 319 142-1, 5.
#pragma once

#include "permissions.hpp"
#include "uses.hpp"

#include <cinnabar/services/document_verifier.hpp>

namespace cinnabar::pdf {

class PageContents;

// What an update did to the revision before it, allowed or not. `uses` stand at that revision;
// `contents` are those of the file.
std::vector<ChangeReport> explain_update(const File& file, std::size_t revision, const Uses& uses,
                                         const Permissions& permissions, PageContents& contents);

}  // namespace cinnabar::pdf
