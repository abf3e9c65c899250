// Which tables a plugin's statement touches: a check by its words, before a driver sees it.
//
// A plugin owns the tables whose names begin with its prefix and reaches no other. The check reads
// the statement as a sequence of words and looks at every place where SQL names a table. It knows
// the subset that SQLite and MariaDB share and errs towards refusing: comments, quoted names,
// names with a schema, FROM inside of a function, and common table expressions whose own names
// lack the prefix are not allowed. Pure functions; any thread.
#pragma once

#include <string_view>

namespace cinnabar::kernel {

// Throws Error "database.table_refused" (naming the table and the prefix) when the statement
// touches a table without the prefix, and "database.statement_refused" for anything but one
// SELECT, INSERT, REPLACE, UPDATE or DELETE of the subset. An empty prefix owns no table.
void check_tables(std::string_view sql, std::string_view prefix);

}  // namespace cinnabar::kernel
