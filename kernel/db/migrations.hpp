// Migrations: brings the tables of the kernel and of every plugin to what this version needs.
//
// A component's migrations are applied once each, in order, forward only. What was applied is kept
// in kernel_migration with its digest: a script that changed afterwards, or a database from a later
// version, stops the start with a clear error; the latter does not where somebody chose the earlier
// version knowingly.
// A script and its row are one transaction where the database has transactions for tables
// (SQLite has; MariaDB commits each statement that makes a table). Of several servers that start at
// once on one database each script is applied by one. Control thread.
#pragma once

#include "kernel/db/db.hpp"

#include <cinnabar/package/migrations.hpp>

namespace cinnabar::kernel {

using package::MigrationSource;

// The kernel's own migrations first, then each source in the order given. Throws Error
// "migration.invalid", "migration.changed", "migration.newer" or "migration.failed".
void migrate(const Db& db, const std::vector<MigrationSource>& sources, std::int64_t now_ms);

}  // namespace cinnabar::kernel
