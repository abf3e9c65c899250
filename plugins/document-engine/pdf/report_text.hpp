// Breaking the texts of a report into lines.
//
// Owner: the document engine. Not thread-safe; one thread a process.
#pragma once

#include "shape.hpp"

#include <string>
#include <vector>

namespace cinnabar::pdf {

// The lines of a text at a size, none wider than `width` points. Breaks at spaces, beside CJK
// characters, and within what is too long on its own. What no font has becomes "[U+20000]".
std::vector<std::string> break_lines(const std::string& text, double size, double width);

}  // namespace cinnabar::pdf
