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

// An empty security store as an object of its own, so that later revisions fill it without
// touching the catalog. PDF 2.0 knows it; in 1.7 it is an extension that is declared.
// Source: ISO 32000-2, 12.8.4.3; ETSI TS 102 778-4, A.1.
void add_security_store(Document& document, bool is_pdf_2);

}  // namespace cinnabar::pdf
