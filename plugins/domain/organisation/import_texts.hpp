// The words of an import: headings of the columns, and what is wrong with a row. Pure; any thread.
#pragma once

#include "import_rows.hpp"

namespace cinnabar {

// A locale that does not begin with "zh" reads English.
std::string heading_text(ImportColumn column, std::string_view locale);
// Of the two columns that the file of bad rows has besides.
std::string row_heading(std::string_view locale);
std::string reason_heading(std::string_view locale);

std::string fault_text(const ImportFault& fault, std::string_view locale);

}  // namespace cinnabar
