// Decodes the content of pages and looks as readers do: with all filters that text may have, and as
// far as damaged data goes.
//
// Pure function: any thread. Source: ISO 32000-2, 7.4.
#pragma once

#include <cinnabar/pdf/object.hpp>

#include <optional>

namespace cinnabar::pdf {

// Nothing when a filter is none that content may have (pictures have others), or the result would
// pass `limit` bytes.
std::optional<std::string> decode_content(const Object& dictionary, std::string_view raw,
                                          std::size_t limit);

}  // namespace cinnabar::pdf
