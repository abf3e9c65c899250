// What a table of employees says, row by row: the good ones, and what is wrong with the others.
// Nothing is looked up; who is known already is the adding's question (import_adding.hpp). Pure;
// any thread.
#pragma once

#include <cinnabar/describe.hpp>
#include <cinnabar/services/spreadsheet.hpp>

#include <set>

namespace cinnabar {

// One employee to be added.
struct ImportedEmployee {
  std::int64_t row = 0;  // as the spreadsheet program shows it
  std::string name;
  std::string mobile;              // in its one spelling
  std::vector<std::string> roles;  // by their names
  std::string department;          // names from the top, with "/" between; empty: none
};
CINNABAR_DESCRIBE(ImportedEmployee, row, (name, personal), (mobile, personal),
                  (roles, items(0, 100)), department)

enum class ImportColumn { name, mobile, roles, department };
CINNABAR_ENUM(ImportColumn, name, mobile, roles, department)

// One thing that is wrong; the words are import_texts.hpp's.
struct ImportFault {
  ImportColumn column = ImportColumn::name;
  std::string code;  // "mobile_invalid"
  std::map<std::string, std::string> params;
};
CINNABAR_DESCRIBE(ImportFault, column, code, params)

// A row that is not imported: what stood there, so that it can be given back to be put right.
struct BadRow {
  std::int64_t row = 0;
  std::string name, mobile, roles, department;
  std::vector<ImportFault> faults;
};
CINNABAR_DESCRIBE(BadRow, row, (name, personal), (mobile, personal), roles, department, faults)

// Names that mean something in the enterprise now.
struct ImportScope {
  std::set<std::string> roles;
  std::set<std::string> departments;  // paths, with "/" between
};

struct CheckedRows {
  std::vector<ImportedEmployee> good;
  std::vector<BadRow> bad;
};

// The first row that holds anything names the columns, in either language and any order; rows
// whose columns are all blank are passed over. Throws "organisation.import_empty",
// "organisation.import_column_missing", "organisation.import_column_unknown",
// "organisation.import_column_twice".
CheckedRows check_rows(const SheetTable& table, const ImportScope& scope);

// What stood there, of an employee who turned out not to be addable.
BadRow bad_row(const ImportedEmployee& employee, ImportFault fault);

}  // namespace cinnabar
