// MemoryDatabase: a plugin's tables in SQLite in memory: its migrations, queries, and transactions
// of guarded statements, as the kernel would run them. Link sqlite3. One thread.
//
//   MemoryDatabase database;
//   database.migrate(__FILE__);
//   fake.use_database(database);
//   ... database.commit(receipt.writes.statements);
#pragma once

#include <cinnabar/host.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

namespace cinnabar::testing {

class MemoryDatabase {
 public:
  MemoryDatabase() {
    if (sqlite3_open(":memory:", &db_) != SQLITE_OK) throw failure("no database in memory");
  }
  ~MemoryDatabase() { sqlite3_close(db_); }
  MemoryDatabase(const MemoryDatabase&) = delete;
  MemoryDatabase& operator=(const MemoryDatabase&) = delete;

  void script(const std::string& sql) {
    if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      throw failure(sqlite3_errmsg(db_));
  }
  Rows query(std::string_view sql, const std::vector<Json>& params = {}) {
    const auto statement = prepared(sql, params);
    Rows out;
    const int columns = sqlite3_column_count(statement.get());
    for (int i = 0; i < columns; ++i)
      out.columns.push_back(sqlite3_column_name(statement.get(), i));
    for (int step; (step = sqlite3_step(statement.get())) != SQLITE_DONE;) {
      if (step != SQLITE_ROW) throw failure(sqlite3_errmsg(db_));
      auto& row = out.rows.emplace_back();
      for (int i = 0; i < columns; ++i) row.push_back(cell(statement.get(), i));
    }
    return out;
  }
  // Runs the numbered files of the folder `migrations` that lies beside the file `source`.
  void migrate(const std::string& source) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(
             std::filesystem::path(source).parent_path() / "migrations"))
      files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      std::stringstream text;
      text << std::ifstream(file).rdbuf();
      script(text.str());
    }
  }
  // All or nothing; a wrong count of rows or a taken key is a conflict.
  void commit(const std::vector<Statement>& statements) {
    script("BEGIN");
    try {
      for (const Statement& statement : statements) {
        const auto prepared_statement = prepared(statement.sql, statement.params);
        const int step = sqlite3_step(prepared_statement.get());
        if (step == SQLITE_CONSTRAINT) throw conflict(sqlite3_errmsg(db_));
        if (step != SQLITE_DONE) throw failure(sqlite3_errmsg(db_));
        if (statement.expect_rows >= 0 && sqlite3_changes(db_) != statement.expect_rows)
          throw conflict(statement.sql);
      }
    } catch (...) {
      script("ROLLBACK");
      throw;
    }
    script("COMMIT");
  }

 private:
  using Prepared = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

  Prepared prepared(std::string_view sql, const std::vector<Json>& params) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(db_, sql.data(), static_cast<int>(sql.size()), &raw, nullptr) !=
        SQLITE_OK)
      throw failure(std::string(sql) + ": " + sqlite3_errmsg(db_));
    Prepared statement(raw, sqlite3_finalize);
    for (std::size_t i = 0; i < params.size(); ++i) {
      const int at = static_cast<int>(i) + 1;
      const Json& param = params[i];
      if (param.is_text())
        sqlite3_bind_text(raw, at, param.text().data(), static_cast<int>(param.text().size()),
                          SQLITE_TRANSIENT);
      else if (param.is_boolean() || param.is_integer())
        sqlite3_bind_int64(raw, at, param.is_boolean() ? param.boolean() : param.integer());
      else if (param.is_number())
        sqlite3_bind_double(raw, at, param.number());
    }
    return statement;
  }
  static Json cell(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
      case SQLITE_INTEGER:
        return Json(static_cast<std::int64_t>(sqlite3_column_int64(statement, column)));
      case SQLITE_FLOAT: return Json(sqlite3_column_double(statement, column));
      case SQLITE_NULL: return Json();
      default:
        return Json(std::string(
            reinterpret_cast<const char*>(sqlite3_column_text(statement, column)),
            static_cast<std::size_t>(sqlite3_column_bytes(statement, column))));
    }
  }

  sqlite3* db_ = nullptr;
};

}  // namespace cinnabar::testing
