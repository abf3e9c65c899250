// Scripts: several statements, all or nothing, as migrations need it. MariaDB ends a transaction
// at each statement that defines something; so what undoes that is noted in the table mysql_undo
// before, and taken away together with the last rows that the script writes. What stands there
// when a script begins was left by one that a crash cut short, and is undone first.
//
// One script at a time, by a row that is leased; servers of a cluster may start together. A DROP, a
// RENAME and a changed column are not undone.
// Function over a connection of its own; one thread.
#pragma once

#include "connection.hpp"

namespace cinnabar::mysql {

Outcome make_script_tables(Connection& connection);

// Throws Error.
void run_script(Connection& connection, std::string_view script);

}  // namespace cinnabar::mysql
