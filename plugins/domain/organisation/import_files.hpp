// The spreadsheets of an import: reading the upload, the template to fill in, the bad rows with
// their reasons. The files are read and written in the worker. Any thread.
#pragma once

#include "import_rows.hpp"

#include <cinnabar/domain_plugin.hpp>

namespace cinnabar {

inline constexpr const char* kXlsxType =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
// A table of 20,000 employees has less than one megabyte.
inline constexpr std::int64_t kImportSizeMax = 10 << 20;
inline constexpr std::int64_t kImportRowsMax = 20'000;

// Throws what Spreadsheet::read throws, and "organisation.import_unreadable" when the file brought
// its reader down.
SheetTable read_employee_file(const Host& host, const Call& call, const Bytes& file);
FileAnswer employee_template(const Host& host, const Call& call);
FileAnswer bad_rows_file(const Host& host, const Call& call, const std::vector<BadRow>& rows);

}  // namespace cinnabar
