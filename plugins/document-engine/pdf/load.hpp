// Opens an uploaded document, or refuses it with a reason: the gate of the document engine.
//
// Owner: the document engine. Not thread-safe; a document belongs to one thread. What passes is
// unencrypted, unsigned, undamaged, free of XFA and within the limits of limits.hpp. A file whose
// cross-reference would have to be reconstructed is refused: readers repair differently, and then
// two parties would see two documents. Source: ISO 32000-2, 7.5 to 7.7.
#pragma once

#include "geometry.hpp"
#include "qpdf.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace cinnabar::pdf {

struct Page {
  QPDFObjectHandle object;
  PageGeometry geometry;
};

struct Document {
  std::unique_ptr<QPDF> pdf;
  std::vector<Page> pages;
};

// A box as a PDF array of the same decimals.
QPDFObjectHandle to_array(const Box& box);

// A qpdf that says nothing on the standard streams.
std::unique_ptr<QPDF> new_pdf();

// Errors: document.empty, document.not_pdf, document.damaged, document.encrypted, document.signed,
// document.xfa, document.too_many_pages, document.too_complex. The bytes must outlive the result.
Document load(std::string_view bytes, int pages_max);

}  // namespace cinnabar::pdf
