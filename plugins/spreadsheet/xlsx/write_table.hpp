// A table of texts in, a workbook's bytes out; the same table gives the same bytes. Every cell is
// a text and formatted as one, so that no program takes it for a formula, a number or a date, also
// when people type over it. Pure function; any thread.
#pragma once

#include <cinnabar/services/spreadsheet.hpp>

namespace cinnabar::xlsx {

// Throws "spreadsheet.unwritable".
std::string write_table(const WriteSheetRequest& request);

}  // namespace cinnabar::xlsx
