// The dialect: migrations are written in the SQL that SQLite and MariaDB share; what only looks
// shared is put right here, statement by statement. Pure functions; any thread.
//
//   TEXT, BLOB      LONGTEXT, LONGBLOB: MariaDB's own end at 65,535 bytes, SQLite's do not
//   INTEGER         BIGINT: SQLite's has 64 bits
//   REAL            DOUBLE
//   AUTOINCREMENT   AUTO_INCREMENT
//   CREATE TABLE    InnoDB, utf8mb4 with utf8mb4_nopad_bin: texts are compared byte by byte and a
//                   space at the end counts, as in SQLite
//
// Types are changed only where a column has its type, so that a column may be called `text`. A
// column that is part of a key is declared VARCHAR(n) in the migration: MariaDB has no key over
// a TEXT, and says so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::mysql {

// The statements of a script, without the comments; a semicolon in a text divides nothing. Throws
// Error "database.failed" for a text without an end.
std::vector<std::string> split_script(std::string_view script);

// The statement as MariaDB takes it; what defines no table stays as it is.
std::string translate(std::string_view statement);

// Whether the statement ends the transaction that it stands in: it defines something.
bool defines(std::string_view statement);

// What undoes a CREATE TABLE, CREATE INDEX or ALTER TABLE ... ADD COLUMN; empty: nothing does.
std::string undo_of(std::string_view statement);

// The table that a CREATE TABLE makes, else empty.
std::string made_table(std::string_view statement);

}  // namespace cinnabar::mysql
