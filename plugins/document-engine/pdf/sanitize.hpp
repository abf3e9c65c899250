// Takes from an upload what could change what a contract shows, or do something on its own.
//
// Owner: the document engine. Not thread-safe (qpdf objects are not). Removed: actions that run
// code, leave the document's text or switch what is shown (JavaScript, Launch, SubmitForm,
// ImportData, Rendition, Movie, Sound, GoToE, SetOCGState, Hide ...), /OpenAction, every /AA,
// /Perms and /DSS of earlier lives, portfolios and embedded files. Embedded files are removed
// because the parties sign what they were shown, and nobody was shown an attachment; an attachment
// belongs beside the contract as a document of its own. Links, bookmarks and other annotations
// stay.
#pragma once

#include "load.hpp"

namespace cinnabar::pdf {

void sanitize(Document& document);

// The annotations of a page, whatever /Annots is.
std::vector<QPDFObjectHandle> annotations_of(QPDFObjectHandle page);

}  // namespace cinnabar::pdf
