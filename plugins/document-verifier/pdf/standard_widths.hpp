// Widths of the fonts that every reader has, which files need not repeat.
//
// Pure function: any thread. Source: ISO 32000-2, 9.6.2.2 (the standard 14 fonts) and the metrics
// that Adobe published for them.
#pragma once

#include <string_view>

namespace cinnabar::pdf {

// Of an ASCII character, for a font size of 1. Fonts of other names are as wide as Helvetica, more
// or less.
double standard_width(std::string_view font, int code);

}  // namespace cinnabar::pdf
