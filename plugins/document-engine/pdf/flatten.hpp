// Turns the form of an upload into plain page content: what its fields showed is drawn, the form
// goes.
//
// Owner: the document engine. Not thread-safe (qpdf objects are not). A contract's values are
// settled before it is frozen, so no fillable field may remain beside the signature fields. Source:
// ISO 32000-2, 12.5.5 (appearance streams).
#pragma once

#include "content.hpp"

namespace cinnabar::pdf {

// Removes /AcroForm and every widget. The result holds, page by page, what is to be drawn instead;
// empty where a page had no widget.
std::vector<Addition> flatten_form(Document& document, const Composer& composer);

}  // namespace cinnabar::pdf
