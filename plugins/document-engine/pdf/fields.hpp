// Puts the signature fields of a contract into its document.
//
// Owner: the document engine. Not thread-safe (qpdf objects are not). Each area becomes one merged
// field and widget with an empty appearance; the areas of one act share a signature only when it is
// signed. Source: ISO 32000-2, 12.7.5.5 (signature fields), 12.5.6.19 (widgets).
#pragma once

#include "load.hpp"

namespace cinnabar::pdf {

// Errors: document.field_invalid (empty, dotted or repeated name), document.page_out_of_range,
// document.rect_outside_page.
void add_fields(Document& document, const std::vector<FieldPlan>& fields);

}  // namespace cinnabar::pdf
