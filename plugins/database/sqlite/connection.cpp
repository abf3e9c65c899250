#include "connection.hpp"

#include <sqlite3.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace cinnabar {

namespace {

// Statements kept prepared by a connection: more than the kernel and the plugins together repeat
// often, at 3 to 10 KB each.
constexpr std::size_t kStatementsMax = 64;
// How long a statement waits for another process that holds the file (a backup, the sqlite3 tool).
constexpr int kBusyTimeoutMs = 5'000;
// Pages a connection keeps, in KB. Small: the system's page cache holds the file anyway.
constexpr int kReaderCacheKb = 1'024;
constexpr int kWriterCacheKb = 4'096;
// A log that grew larger than this under load is cut back at the next checkpoint.
constexpr int kLogSizeMax = 16 * 1024 * 1024;

// Ends the use of a cached statement, so that it holds no lock and no borrowed parameter.
struct Reset {
  sqlite3_stmt* statement;
  ~Reset() {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
};

cinnabar_status status_of(int extended_code) {
  switch (extended_code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
    case SQLITE_CONSTRAINT_FOREIGNKEY: return CINNABAR_CONFLICT;
    default: break;
  }
  switch (extended_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_READONLY:
    case SQLITE_INTERRUPT:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL: return CINNABAR_UNAVAILABLE;
    default: return CINNABAR_FAILED;
  }
}

Error error_of(const Outcome& outcome) {
  const bool later = outcome.status == CINNABAR_UNAVAILABLE;
  return Error(later ? "database.unavailable" : "database.failed", {{"detail", outcome.detail}}, {},
               outcome.status);
}

// SQLite would make the file readable by everybody; its companions copy the mode of the file.
void make_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    throw error_of({CINNABAR_UNAVAILABLE, path + " cannot be opened: " + std::strerror(errno)});
  ::close(file);
}

cinnabar_value cell_of(sqlite3_stmt* statement, int column) {
  cinnabar_value cell{CINNABAR_NULL, 0, 0, {nullptr, 0}};
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      cell.type = CINNABAR_INTEGER;
      cell.integer = sqlite3_column_int64(statement, column);
      break;
    case SQLITE_FLOAT:
      cell.type = CINNABAR_REAL;
      cell.real = sqlite3_column_double(statement, column);
      break;
    case SQLITE_TEXT:
    case SQLITE_BLOB:
      cell.type =
          sqlite3_column_type(statement, column) == SQLITE_TEXT ? CINNABAR_TEXT : CINNABAR_BLOB;
      cell.bytes.data = static_cast<const char*>(sqlite3_column_blob(statement, column));
      cell.bytes.size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      break;
    default: break;
  }
  return cell;
}

}  // namespace

void Connection::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }
void Connection::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Connection::Connection(const std::string& path, Access access) {
  const bool writer = access == Access::write;
  if (writer) make_private(path);
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  database_.reset(raw);
  if (code != SQLITE_OK) {
    const Outcome outcome = last_error();
    throw error_of({outcome.status, path + ": " + outcome.detail});
  }
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  // In WAL mode synchronous=FULL syncs the log at every commit: acknowledged means on the disk.
  const std::string pragmas =
      "PRAGMA cache_size = -" + std::to_string(writer ? kWriterCacheKb : kReaderCacheKb) +
      "; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;" +
      (writer ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                "PRAGMA journal_size_limit = " +
                    std::to_string(kLogSizeMax) + ";"
              : "PRAGMA query_only = ON;");
  const Outcome outcome = script(pragmas);
  if (!outcome.ok()) throw error_of({outcome.status, path + ": " + outcome.detail});
}

Outcome Connection::last_error() const {
  return {status_of(sqlite3_extended_errcode(database_.get())), sqlite3_errmsg(database_.get())};
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

sqlite3_stmt* Connection::prepare(std::string_view sql, Outcome& outcome) {
  if (const auto found = by_sql_.find(sql); found != by_sql_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    return found->second->statement.get();
  }
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, &tail);
  StatementOwner statement(raw);
  if (code != SQLITE_OK) {
    outcome = last_error();
    return nullptr;
  }
  const std::string_view rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
  if (!raw || rest.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    outcome = {CINNABAR_FAILED, "one statement is expected: " + std::string(sql.substr(0, 120))};
    return nullptr;
  }
  if (recent_.size() >= kStatementsMax) {
    by_sql_.erase(recent_.back().sql);
    recent_.pop_back();
  }
  recent_.push_front({std::string(sql), std::move(statement)});
  by_sql_.emplace(recent_.front().sql, recent_.begin());
  return raw;
}

Outcome Connection::bind(sqlite3_stmt* statement, const cinnabar_value* params,
                         std::size_t count) const {
  if (static_cast<std::size_t>(sqlite3_bind_parameter_count(statement)) != count)
    return {CINNABAR_FAILED, "the statement has " +
                                 std::to_string(sqlite3_bind_parameter_count(statement)) +
                                 " parameters, given were " + std::to_string(count)};
  for (std::size_t i = 0; i < count; ++i) {
    const cinnabar_value& value = params[i];
    const int at = static_cast<int>(i) + 1;
    // An empty text must not become NULL, hence the address of something.
    const char* data = value.bytes.data ? value.bytes.data : "";
    int code = SQLITE_OK;
    switch (value.type) {
      case CINNABAR_NULL: code = sqlite3_bind_null(statement, at); break;
      case CINNABAR_INTEGER: code = sqlite3_bind_int64(statement, at, value.integer); break;
      case CINNABAR_REAL: code = sqlite3_bind_double(statement, at, value.real); break;
      case CINNABAR_TEXT:
        code =
            sqlite3_bind_text64(statement, at, data, value.bytes.size, SQLITE_STATIC, SQLITE_UTF8);
        break;
      case CINNABAR_BLOB:
        code = sqlite3_bind_blob64(statement, at, data, value.bytes.size, SQLITE_STATIC);
        break;
      default: return {CINNABAR_FAILED, "parameter " + std::to_string(at) + " has no known type"};
    }
    if (code != SQLITE_OK) return last_error();
  }
  return {};
}

Outcome Connection::write(const cinnabar_statement& statement) {
  Outcome outcome;
  sqlite3_stmt* prepared = prepare(view(statement.sql), outcome);
  if (!prepared) return outcome;
  if (sqlite3_stmt_readonly(prepared)) return {CINNABAR_FAILED, "the statement writes nothing"};
  const Reset reset{prepared};
  outcome = bind(prepared, statement.params, statement.param_count);
  if (!outcome.ok()) return outcome;
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(prepared);
  if (code != SQLITE_DONE) return last_error();
  const std::int64_t changed = sqlite3_changes64(database_.get());
  if (statement.expect_rows >= 0 && changed != statement.expect_rows)
    return {CINNABAR_CONFLICT, "changed " + std::to_string(changed) + " rows, expected were " +
                                   std::to_string(statement.expect_rows)};
  return {};
}

Outcome Connection::control(std::string_view sql) {
  Outcome outcome;
  sqlite3_stmt* prepared = prepare(sql, outcome);
  if (!prepared) return outcome;
  const Reset reset{prepared};
  return sqlite3_step(prepared) == SQLITE_DONE ? Outcome{} : last_error();
}

void Connection::read(std::string_view sql, const cinnabar_value* params, std::size_t count,
                      const cinnabar_rows& rows) {
  Outcome outcome;
  sqlite3_stmt* prepared = prepare(sql, outcome);
  if (!prepared) throw error_of(outcome);
  if (!sqlite3_stmt_readonly(prepared))
    throw error_of({CINNABAR_FAILED, "a query must not write: " + std::string(sql.substr(0, 120))});
  const Reset reset{prepared};
  outcome = bind(prepared, params, count);
  if (!outcome.ok()) throw error_of(outcome);

  const int columns = sqlite3_column_count(prepared);
  std::vector<cinnabar_bytes> names;
  for (int i = 0; i < columns; ++i) names.push_back(bytes_of(sqlite3_column_name(prepared, i)));
  if (rows.columns(rows.self, names.data(), names.size()) != CINNABAR_OK) return;

  std::vector<cinnabar_value> cells(static_cast<std::size_t>(columns));
  for (;;) {
    const int code = sqlite3_step(prepared);
    if (code == SQLITE_DONE) return;
    if (code != SQLITE_ROW) throw error_of(last_error());
    for (int i = 0; i < columns; ++i) cells[static_cast<std::size_t>(i)] = cell_of(prepared, i);
    if (rows.row(rows.self, cells.data(), cells.size()) != CINNABAR_OK) return;
  }
}

Outcome Connection::script(const std::string& sql) {
  return sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK
             ? Outcome{}
             : last_error();
}

}  // namespace cinnabar
