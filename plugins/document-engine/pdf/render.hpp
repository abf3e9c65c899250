// Shows a page as pixels and as text, with poppler.
//
// Owner: the document engine. Not thread-safe; the worker's one thread. Rendered is what a reader
// displays: crop box, rotation, UserUnit, annotations and signature appearances.
#pragma once

#include <cinnabar/services/document_engine.hpp>

namespace cinnabar::pdf {

// Errors: document.damaged, document.encrypted, document.page_out_of_range, document.too_complex
// (more pixels than kPixelsMax).
Rendered render_page(const RenderRequest& request);

// The text of one page or of all, in reading order, UTF-8. Errors: as above.
PageTexts read_text(const TextRequest& request);

// Renders and reads a small page, so that later calls find fonts and tables loaded.
void warm_renderer();

}  // namespace cinnabar::pdf
