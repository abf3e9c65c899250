// What a workbook says of its sheets, and the texts that they share. Pure but for the package;
// one thread.
#pragma once

#include "package.hpp"

namespace cinnabar::xlsx {

struct Workbook {
  std::string sheet;                 // name of the first visible worksheet
  std::string part;                  // where it stands
  std::vector<std::string> others;   // names of the other sheets
  std::vector<std::string> strings;  // the shared ones, in order
};

// Throws "spreadsheet.not_xlsx" for another kind of document, "spreadsheet.damaged" and so on.
Workbook read_workbook(Package& package);

}  // namespace cinnabar::xlsx
