// Decodes the streams of an untrusted document within limits, to find damage and bombs early.
//
// Owner: the document engine. Not thread-safe (qpdf objects are not).
#pragma once

#include "qpdf.hpp"

#include <map>
#include <string>
#include <string_view>

namespace cinnabar::pdf {

// Decodes every Flate stream that can be reached; gives their sizes by object number.
// Errors: document.damaged, document.too_complex.
std::map<int, std::size_t> check_streams(QPDF& pdf);

// Looks through raw bytes for object and cross-reference streams that inflate beyond the limit, for
// files that cannot be followed strictly. Error: document.too_complex.
void reject_bombs(std::string_view bytes);

// The decoded data of a stream. Errors: document.damaged, document.too_complex.
std::string decoded(QPDFObjectHandle stream, std::size_t limit);

}  // namespace cinnabar::pdf
