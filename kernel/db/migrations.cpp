#include "kernel/db/migrations.hpp"

#include "kernel/base/ids.hpp"
#include "kernel/base/resources.hpp"

namespace cinnabar::kernel {

namespace {

using package::Migration;

constexpr std::string_view kTable =
    "CREATE TABLE IF NOT EXISTS kernel_migration ("
    "component VARCHAR(128) NOT NULL, number INTEGER NOT NULL, name VARCHAR(128) NOT NULL, "
    "sha256 VARCHAR(64) NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (component, number))";

// What was applied must be the beginning of what there is.
void check_applied(const std::string& component, const std::vector<Migration>& there,
                   const Rows& applied, bool later_allowed) {
  for (std::size_t i = 0; i < applied.rows.size(); ++i) {
    if (i >= there.size() && later_allowed) return;
    const std::string name = applied.rows[i][1].text();
    const std::string number = std::to_string(applied.rows[i][0].integer());
    if (i >= there.size())
      throw Error("migration.newer", {{"component", component}, {"number", number}, {"name", name}},
                  {}, CINNABAR_FAILED);
    if (there[i].number != applied.rows[i][0].integer() ||
        sha256_hex(there[i].sql) != applied.rows[i][2].text())
      throw Error("migration.changed",
                  {{"component", component}, {"number", number}, {"name", name}}, {},
                  CINNABAR_FAILED);
  }
}

// How many of them are applied.
std::size_t count_applied(const Db& db, const MigrationSource& source,
                          const std::vector<Migration>& migrations) {
  const std::string& component = source.component;
  const Rows applied = db.query(
      "SELECT number, name, sha256 FROM kernel_migration WHERE component = ? ORDER BY number",
      {component});
  check_applied(component, migrations, applied, source.later_allowed);
  return applied.rows.size();
}

void migrate_component(const Db& db, const MigrationSource& source,
                       const std::vector<Migration>& migrations, std::int64_t now_ms) {
  const std::string& component = source.component;
  for (std::size_t i = 1; i < migrations.size(); ++i)
    if (migrations[i].number == migrations[i - 1].number)
      throw package::invalid_migration(component, migrations[i].name, "its number is taken");
  for (std::size_t i = count_applied(db, source, migrations); i < migrations.size(); ++i) {
    const Migration& migration = migrations[i];
    if (source.only_adds) package::check_only_adds(component, migration);
    const std::string row = "\n;INSERT INTO kernel_migration VALUES ('" + component + "', " +
                            std::to_string(migration.number) + ", '" + migration.name + "', '" +
                            sha256_hex(migration.sql) + "', " + std::to_string(now_ms) + ");";
    try {
      db.script(migration.sql + row);
    } catch (const Error& error) {
      // Another server that starts as well was quicker.
      if (count_applied(db, source, migrations) > i) continue;
      throw Error("migration.failed",
                  {{"component", component},
                   {"number", std::to_string(migration.number)},
                   {"name", migration.name},
                   {"detail", error.what()}},
                  {}, error.status());
    }
  }
}

}  // namespace

void migrate(const Db& db, const std::vector<MigrationSource>& sources, std::int64_t now_ms) {
  db.script(kTable);
  // One that was released never changes; what comes later is a new one.
  const std::vector<Migration> own{
      {1, "kernel", std::string(resources::kMigration001)},
      {2, "cluster", std::string(resources::kMigration002)},
      {3, "offer", std::string(resources::kMigration003)},
      {4, "reach", std::string(resources::kMigration004)},
      {5, "keys", std::string(resources::kMigration005)}};
  migrate_component(db, {"kernel", {}}, own, now_ms);
  for (const MigrationSource& source : sources)
    migrate_component(db, source, package::read_migrations(source), now_ms);
}

}  // namespace cinnabar::kernel
