// Walks the page tree of an untrusted document and reads what each page looks like.
//
// Owner: the document engine. Not thread-safe (qpdf objects are not). Bounded in depth and count,
// indifferent to /Count. Source: ISO 32000-2, 7.7.3 and 14.11.2.
#pragma once

#include "load.hpp"

namespace cinnabar::pdf {

// The pages in order. Errors: document.damaged (a tree that is none), document.too_complex (a loop
// or too deep), document.too_many_pages.
std::vector<Page> read_page_tree(QPDF& pdf, int pages_max);

}  // namespace cinnabar::pdf
