// The PDF version of a document: header or catalog, whichever is later.
//
// Owner: the document engine. Not thread-safe (qpdf objects are not). Source: ISO 32000-2, 7.5.2.
#pragma once

#include "qpdf.hpp"

#include <string>

namespace cinnabar::pdf {

// "1.0" to "1.7" or "2.0"; anything else a file may claim counts as the nearest of these below.
std::string version_of(QPDF& pdf);

}  // namespace cinnabar::pdf
