#include "check/tables.hpp"

#include <cinnabar/host.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <fstream>

namespace cinnabar::authoring {
namespace {

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

Prepared prepared(sqlite3* database, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  return Prepared(statement);
}

void bind(sqlite3_stmt* statement, int at, const cinnabar_value& value) {
  const auto size = static_cast<int>(value.bytes.size);
  switch (value.type) {
    case CINNABAR_INTEGER: sqlite3_bind_int64(statement, at, value.integer); break;
    case CINNABAR_REAL: sqlite3_bind_double(statement, at, value.real); break;
    case CINNABAR_TEXT:
      sqlite3_bind_text(statement, at, value.bytes.data, size, SQLITE_TRANSIENT);
      break;
    case CINNABAR_BLOB:
      sqlite3_bind_blob(statement, at, value.bytes.data, size, SQLITE_TRANSIENT);
      break;
    default: sqlite3_bind_null(statement, at);
  }
}

cinnabar_value cell(sqlite3_stmt* statement, int at) {
  cinnabar_value value{CINNABAR_NULL, 0, 0, {nullptr, 0}};
  switch (sqlite3_column_type(statement, at)) {
    case SQLITE_INTEGER:
      value.type = CINNABAR_INTEGER;
      value.integer = sqlite3_column_int64(statement, at);
      break;
    case SQLITE_FLOAT:
      value.type = CINNABAR_REAL;
      value.real = sqlite3_column_double(statement, at);
      break;
    case SQLITE_TEXT:
      value.type = CINNABAR_TEXT;
      value.bytes.data = reinterpret_cast<const char*>(sqlite3_column_text(statement, at));
      value.bytes.size = static_cast<std::size_t>(sqlite3_column_bytes(statement, at));
      break;
    case SQLITE_BLOB:
      value.type = CINNABAR_BLOB;
      value.bytes.data = static_cast<const char*>(sqlite3_column_blob(statement, at));
      value.bytes.size = static_cast<std::size_t>(sqlite3_column_bytes(statement, at));
      break;
    default: break;
  }
  return value;
}

}  // namespace

void TestTables::Close::operator()(sqlite3* database) const { sqlite3_close(database); }

TestTables::TestTables(const std::filesystem::path& plugin_folder,
                       const std::filesystem::path& file) {
  sqlite3* database = nullptr;
  std::error_code none;
  const bool there = std::filesystem::exists(file, none);
  sqlite3_open_v2(file.empty() ? ":memory:" : file.c_str(), &database,
                  SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  database_.reset(database);
  if (there) return;
  std::vector<std::filesystem::path> scripts;
  for (const auto& entry : std::filesystem::directory_iterator(plugin_folder / "migrations", none))
    if (entry.path().extension() == ".sql") scripts.push_back(entry.path());
  std::sort(scripts.begin(), scripts.end());
  for (const auto& script : scripts) {
    std::ifstream in(script, std::ios::binary);
    const std::string sql(std::istreambuf_iterator<char>(in), {});
    if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      throw failure(script.string() + ": " + sqlite3_errmsg(database));
  }
}

cinnabar_status TestTables::query(std::string_view sql, const cinnabar_value* params,
                                  std::size_t count, const cinnabar_rows* rows) {
  const std::lock_guard lock(mutex_);
  const Prepared statement = prepared(database_.get(), sql);
  if (!statement) return CINNABAR_FAILED;
  for (std::size_t i = 0; i < count; ++i) bind(statement.get(), static_cast<int>(i) + 1, params[i]);
  const int columns = sqlite3_column_count(statement.get());
  std::vector<cinnabar_bytes> names;
  for (int i = 0; i < columns; ++i)
    names.push_back(bytes_of(sqlite3_column_name(statement.get(), i)));
  cinnabar_status status = rows->columns(rows->self, names.data(), names.size());
  while (status == CINNABAR_OK && sqlite3_step(statement.get()) == SQLITE_ROW) {
    std::vector<cinnabar_value> cells;
    for (int i = 0; i < columns; ++i) cells.push_back(cell(statement.get(), i));
    status = rows->row(rows->self, cells.data(), cells.size());
  }
  return status;
}

std::string TestTables::run(const Statement& statement) {
  const Prepared compiled = prepared(database_.get(), statement.sql);
  if (!compiled) return sqlite3_errmsg(database_.get());
  int at = 0;
  for (const Json& param : statement.params) bind(compiled.get(), ++at, detail::value_of(param));
  const int code = sqlite3_step(compiled.get());
  if (code != SQLITE_DONE && code != SQLITE_ROW) return sqlite3_errmsg(database_.get());
  const std::int64_t changed = sqlite3_changes64(database_.get());
  if (statement.expect_rows >= 0 && changed != statement.expect_rows)
    return "changed " + std::to_string(changed) + " rows, not " +
           std::to_string(statement.expect_rows);
  return {};
}

std::string TestTables::apply(const WriteSet& writes) {
  const std::lock_guard lock(mutex_);
  sqlite3_exec(database_.get(), "BEGIN", nullptr, nullptr, nullptr);
  for (const Statement& statement : writes.statements)
    if (std::string reason = run(statement); !reason.empty()) {
      sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
      return reason;
    }
  sqlite3_exec(database_.get(), "COMMIT", nullptr, nullptr, nullptr);
  return {};
}

void TestTables::close() {
  const std::lock_guard lock(mutex_);
  database_.reset();
}

std::int64_t TestTables::rows() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  const Prepared tables =
      prepared(database_.get(), "SELECT name FROM sqlite_master WHERE type = 'table'");
  while (sqlite3_step(tables.get()) == SQLITE_ROW)
    names.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(tables.get(), 0)));
  std::int64_t total = 0;
  for (const std::string& name : names) {
    const Prepared count = prepared(database_.get(), "SELECT COUNT(*) FROM \"" + name + "\"");
    if (sqlite3_step(count.get()) == SQLITE_ROW) total += sqlite3_column_int64(count.get(), 0);
  }
  return total;
}

}  // namespace cinnabar::authoring
