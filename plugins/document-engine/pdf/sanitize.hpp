// Takes from an upload what could change what a contract shows, or do something on its own.
//
// Owner: the document engine. Not thread-safe (qpdf objects are not). Removed: every action but
// GoTo, URI and Named, so that nothing runs code, leaves the document's text for another file or
// switches what is shown (JavaScript, Launch, SubmitForm, ImportData, Rendition, Movie, Sound,
// GoToR, GoToE, SetOCGState, Hide ...), /OpenAction, every /AA, /Perms and /DSS of earlier lives,
// portfolios and embedded files. Embedded files are removed because the parties sign what they were
// shown, and nobody was shown an attachment; an attachment belongs beside the contract as a
// document of its own. Links, bookmarks and other annotations stay.
//
// What is shown is what is printed. Annotations that the screen does not show (Hidden, Invisible,
// NoView) go; the others get the Print flag rather than being dropped, since their text was seen.
// Layers lose what depends on use (/AS, /Configs, /Usage), images their /Alternates and /OPI.
// Source: ISO 32000-2, 8.9.5.4, 8.11.4, 12.5.3, 12.6.
#pragma once

#include "load.hpp"

namespace cinnabar::pdf {

void sanitize(Document& document);

// The annotations of a page, whatever /Annots is.
std::vector<QPDFObjectHandle> annotations_of(QPDFObjectHandle page);

}  // namespace cinnabar::pdf
