// Inflates the structural streams of a PDF within a limit: FlateDecode with PNG predictors.
//
// Owner: verify/. Pure function: any thread. Source: ISO 32000-2, 7.4.4; RFC 1950.
#pragma once

#include "object.hpp"

namespace cinnabar::pdf {

// The decoded data of a cross-reference or object stream. Throws Malformed for any filter but none
// and a single FlateDecode, for damaged data, and when the result would pass `limit` bytes.
std::string decode_stream(const Object& dictionary, std::string_view raw, std::size_t limit);

}  // namespace cinnabar::pdf
