// Numbers as forms show them.
//
// Pure function: any thread.
#pragma once

#include <string_view>

namespace cinnabar::pdf {

// `shown`, without its spaces, says the number that `value` is ("-1234.5"): with grouping marks, a
// currency, and rounded to the digits that it has, as the scripts of form editors write it. Where
// "." and "," can be read in two ways, one of them says it.
bool shows_number(std::string_view shown, std::string_view value);

}  // namespace cinnabar::pdf
