#include "kernel/db/migrations.hpp"

#include "kernel/base/ids.hpp"
#include "kernel/base/resources.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace cinnabar::kernel {

namespace {

struct Migration {
  int number = 0;
  std::string name;
  std::string sql;
};

constexpr std::string_view kTable =
    "CREATE TABLE IF NOT EXISTS kernel_migration ("
    "component VARCHAR(128) NOT NULL, number INTEGER NOT NULL, name VARCHAR(128) NOT NULL, "
    "sha256 VARCHAR(64) NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (component, number))";

// Only such texts are put into a script as they are, hence they need no quoting.
bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= 100 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
           (c >= 'A' && c <= 'Z');
  });
}

Error invalid(const std::string& component, const std::string& file, const std::string& reason) {
  return Error("migration.invalid", {{"component", component}, {"file", file}, {"reason", reason}},
               {}, CINNABAR_FAILED);
}

Migration read_migration(const MigrationSource& source, const std::filesystem::path& path) {
  const std::string& component = source.component;
  const std::string stem = path.stem().string();
  const bool numbered =
      stem.size() > 4 && stem[3] == '_' && is_plain(stem) &&
      std::all_of(stem.begin(), stem.begin() + 3, [](char c) { return c >= '0' && c <= '9'; });
  if (!numbered || stem.starts_with("000"))
    throw invalid(component, path.string(), "its name must be NNN_name.sql, from 001 on");
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || text.str().empty()) throw invalid(component, path.string(), "it cannot be read");
  if (source.check) source.check("migrations/" + path.filename().string(), text.str());
  return {std::stoi(stem.substr(0, 3)), stem.substr(4), text.str()};
}

std::vector<Migration> read_folder(const MigrationSource& source) {
  std::vector<Migration> found;
  if (!is_plain(source.component))
    throw invalid(source.component, source.folder.string(), "the component's name is not plain");
  if (source.folder.empty() || !std::filesystem::is_directory(source.folder)) return found;
  for (const auto& entry : std::filesystem::directory_iterator(source.folder))
    if (entry.path().extension() == ".sql")
      found.push_back(read_migration(source, entry.path()));
  std::sort(found.begin(), found.end(),
            [](const Migration& a, const Migration& b) { return a.number < b.number; });
  return found;
}

// What was applied must be the beginning of what there is.
void check_applied(const std::string& component, const std::vector<Migration>& there,
                   const Rows& applied) {
  for (std::size_t i = 0; i < applied.rows.size(); ++i) {
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
std::size_t count_applied(const Db& db, const std::string& component,
                          const std::vector<Migration>& migrations) {
  const Rows applied = db.query(
      "SELECT number, name, sha256 FROM kernel_migration WHERE component = ? ORDER BY number",
      {component});
  check_applied(component, migrations, applied);
  return applied.rows.size();
}

void migrate_component(const Db& db, const std::string& component,
                       const std::vector<Migration>& migrations, std::int64_t now_ms) {
  for (std::size_t i = 1; i < migrations.size(); ++i)
    if (migrations[i].number == migrations[i - 1].number)
      throw invalid(component, migrations[i].name, "its number is taken");
  for (std::size_t i = count_applied(db, component, migrations); i < migrations.size(); ++i) {
    const Migration& migration = migrations[i];
    const std::string row = "\n;INSERT INTO kernel_migration VALUES ('" + component + "', " +
                            std::to_string(migration.number) + ", '" + migration.name + "', '" +
                            sha256_hex(migration.sql) + "', " + std::to_string(now_ms) + ");";
    try {
      db.script(migration.sql + row);
    } catch (const Error& error) {
      // Another server that starts as well was quicker.
      if (count_applied(db, component, migrations) > i) continue;
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
      {3, "offer", std::string(resources::kMigration003)}};
  migrate_component(db, "kernel", own, now_ms);
  for (const MigrationSource& source : sources)
    migrate_component(db, source.component, read_folder(source), now_ms);
}

}  // namespace cinnabar::kernel
