// Migrations: brings the tables of the kernel and of every plugin to what this version needs.
//
// A component's migrations are numbered scripts (NNN_name.sql), applied once each, in order,
// forward only. What was applied is kept in kernel_migration with its digest: a script that
// changed afterwards, or a database from a later version, stops the start with a clear error.
// A script and its row are one transaction where the database has transactions for tables
// (SQLite has; MariaDB commits each statement that makes a table). Of several servers that start at
// once on one database each script is applied by one. Control thread.
#pragma once

#include "kernel/db/db.hpp"

#include <filesystem>
#include <functional>

namespace cinnabar::kernel {

struct MigrationSource {
  std::string component;         // plugin id
  std::filesystem::path folder;  // its NNN_name.sql files; a folder that is not there holds none
  // Throws for the text of a script that is not the one that was signed; empty: nobody signed it.
  std::function<void(const std::string& file, std::string_view text)> check = {};
};

// The kernel's own migrations first, then each source in the order given. Throws Error
// "migration.invalid", "migration.changed", "migration.newer" or "migration.failed".
void migrate(const Db& db, const std::vector<MigrationSource>& sources, std::int64_t now_ms);

}  // namespace cinnabar::kernel
