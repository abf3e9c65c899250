// A workbook's bytes in, its first visible table out. Pure function; any thread.
#pragma once

#include <cinnabar/services/spreadsheet.hpp>

namespace cinnabar::xlsx {

// Throws as Spreadsheet::read says.
SheetTable read_table(const ReadSheetRequest& request);

}  // namespace cinnabar::xlsx
