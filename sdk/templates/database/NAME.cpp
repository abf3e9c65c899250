#include "@ident@.hpp"

#include <cstring>

namespace @ident@_plugin {

using namespace cinnabar;

namespace {

// How long a statement waits for another process that has the file.
constexpr int kBusyTimeoutMs = 5'000;

cinnabar_status status_of(int code) {
  if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
    return CINNABAR_CONFLICT;
  for (const int passing : {SQLITE_BUSY, SQLITE_LOCKED, SQLITE_NOMEM, SQLITE_IOERR, SQLITE_FULL,
                            SQLITE_CANTOPEN, SQLITE_READONLY})
    if ((code & 0xff) == passing) return CINNABAR_UNAVAILABLE;
  return CINNABAR_FAILED;
}

Error error_of(const Connection::Result& result) {
  return Error(result.status == CINNABAR_UNAVAILABLE ? "database.unavailable" : "database.failed",
               {{"detail", result.text}}, {}, result.status);
}

void bind(sqlite3_stmt* statement, int at, const cinnabar_value& value) {
  // An empty text is not null, hence the address of something.
  const char* data = value.bytes.data ? value.bytes.data : "";
  if (value.type == CINNABAR_INTEGER) sqlite3_bind_int64(statement, at, value.integer);
  if (value.type == CINNABAR_REAL) sqlite3_bind_double(statement, at, value.real);
  if (value.type == CINNABAR_TEXT)
    sqlite3_bind_text64(statement, at, data, value.bytes.size, SQLITE_STATIC, SQLITE_UTF8);
  if (value.type == CINNABAR_BLOB)
    sqlite3_bind_blob64(statement, at, data, value.bytes.size, SQLITE_STATIC);
}

cinnabar_value cell(sqlite3_stmt* statement, int column) {
  cinnabar_value out{CINNABAR_NULL, 0, 0, {nullptr, 0}};
  const int type = sqlite3_column_type(statement, column);
  if (type == SQLITE_INTEGER) {
    out.type = CINNABAR_INTEGER;
    out.integer = sqlite3_column_int64(statement, column);
  } else if (type == SQLITE_FLOAT) {
    out.type = CINNABAR_REAL;
    out.real = sqlite3_column_double(statement, column);
  } else if (type != SQLITE_NULL) {
    out.type = type == SQLITE_TEXT ? CINNABAR_TEXT : CINNABAR_BLOB;
    out.bytes.data = static_cast<const char*>(sqlite3_column_blob(statement, column));
    out.bytes.size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  }
  return out;
}

void set(cinnabar_outcome& out, const Connection::Result& result, std::size_t failed) {
  out.status = result.status;
  out.failed_statement = failed;
  const std::size_t size = std::min(result.text.size(), sizeof out.detail - 1);
  std::memcpy(out.detail, result.text.data(), size);
  out.detail[size] = '\0';
}

}  // namespace

Connection::Connection(const std::string& file, bool writer) {
  const int code = sqlite3_open_v2(
      file.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE,
      nullptr);
  if (code != SQLITE_OK) {
    const Result result = problem();
    sqlite3_close_v2(db_);
    throw error_of(result);
  }
  sqlite3_busy_timeout(db_, kBusyTimeoutMs);
  // In WAL mode synchronous=FULL syncs at every commit: acknowledged means on the disk.
  const Result result = run(writer ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"
                                   : "PRAGMA query_only = ON");
  if (result.status == CINNABAR_OK) return;
  sqlite3_close_v2(db_);
  throw error_of(result);
}

Connection::Result Connection::problem() const {
  return {status_of(sqlite3_extended_errcode(db_)), sqlite3_errmsg(db_)};
}

Connection::Result Connection::run(std::string_view script) {
  const int code = sqlite3_exec(db_, std::string(script).c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? Result{} : problem();
}

// One statement, and a value for each of its parameters.
Connection::Prepared Connection::prepare(std::string_view sql, const cinnabar_value* params,
                                         std::size_t count) {
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  if (sqlite3_prepare_v2(db_, sql.data(), static_cast<int>(sql.size()), &raw, &tail) != SQLITE_OK)
    throw error_of(problem());
  Prepared statement(raw, sqlite3_finalize);
  const std::string_view rest = sql.substr(raw ? static_cast<std::size_t>(tail - sql.data()) : 0);
  if (!raw || rest.find_first_not_of(" \n;") != std::string_view::npos)
    throw error_of({CINNABAR_FAILED, "one statement is expected"});
  if (static_cast<std::size_t>(sqlite3_bind_parameter_count(raw)) != count)
    throw error_of({CINNABAR_FAILED, "the number of parameters is another one"});
  for (std::size_t i = 0; i < count; ++i) bind(raw, static_cast<int>(i) + 1, params[i]);
  return statement;
}

Connection::Result Connection::write(const cinnabar_statement& in) try {
  const Prepared statement = prepare(view(in.sql), in.params, in.param_count);
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(statement.get());
  if (code != SQLITE_DONE) return problem();
  const std::int64_t changed = sqlite3_changes64(db_);
  if (in.expect_rows < 0 || changed == in.expect_rows) return {};
  return {CINNABAR_CONFLICT, "changed " + std::to_string(changed) + " rows, expected were " +
                                 std::to_string(in.expect_rows)};
} catch (const Error& error) {
  return {error.status(), error.what()};
}

void Connection::read(std::string_view sql, const cinnabar_value* params, std::size_t count,
                      const cinnabar_rows& rows) {
  const Prepared statement = prepare(sql, params, count);
  std::vector<cinnabar_bytes> names;
  std::vector<cinnabar_value> cells;
  for (int i = 0; i < sqlite3_column_count(statement.get()); ++i)
    names.push_back(bytes_of(sqlite3_column_name(statement.get(), i)));
  if (rows.columns(rows.self, names.data(), names.size()) != CINNABAR_OK) return;
  for (int code; (code = sqlite3_step(statement.get())) != SQLITE_DONE;) {
    if (code != SQLITE_ROW) throw error_of(problem());
    cells.clear();
    for (std::size_t i = 0; i < names.size(); ++i)
      cells.push_back(cell(statement.get(), static_cast<int>(i)));
    if (rows.row(rows.self, cells.data(), cells.size()) != CINNABAR_OK) return;
  }
}

void @Class@::open(const std::string& file) {
  reader_.reset();
  writer_ = std::make_unique<Connection>(file, true);
  reader_ = std::make_unique<Connection>(file, false);
}

void @Class@::query(std::string_view sql, const cinnabar_value* params, std::size_t count,
                    const cinnabar_rows& rows) {
  const std::lock_guard lock(read_mutex_);
  reader_->read(sql, params, count, rows);
}

// Within the group's transaction, so that it can be undone alone.
Connection::Result @Class@::apply(const cinnabar_transaction& transaction, std::size_t& failed) {
  Connection::Result result = writer_->run("SAVEPOINT one");
  for (std::size_t i = 0; result.status == CINNABAR_OK && i < transaction.statement_count; ++i) {
    failed = i;
    result = writer_->write(transaction.statements[i]);
  }
  // After some errors SQLite has undone everything, and there is no savepoint left.
  if (!writer_->in_transaction()) return {CINNABAR_UNAVAILABLE, result.text};
  if (result.status != CINNABAR_OK) writer_->run("ROLLBACK TO one");
  const Connection::Result released = writer_->run("RELEASE one");
  return released.status == CINNABAR_OK ? result : released;
}

void @Class@::commit(const cinnabar_transaction* transactions, std::size_t count,
                     cinnabar_outcome* outcomes) {
  const std::lock_guard lock(write_mutex_);
  Connection::Result group = writer_->run("BEGIN IMMEDIATE");
  for (std::size_t i = 0; group.status == CINNABAR_OK && i < count; ++i) {
    std::size_t failed = 0;
    const Connection::Result result = apply(transactions[i], failed);
    set(outcomes[i], result, failed);
    if (result.status == CINNABAR_UNAVAILABLE) group = result;
  }
  if (group.status == CINNABAR_OK) group = writer_->run("COMMIT");
  if (group.status == CINNABAR_OK) return;
  // Nothing of the group can be kept, whatever it was about.
  if (writer_->in_transaction()) writer_->run("ROLLBACK");
  for (std::size_t i = 0; i < count; ++i) set(outcomes[i], {CINNABAR_UNAVAILABLE, group.text}, 0);
}

void @Class@::script(std::string_view sql) {
  const std::lock_guard lock(write_mutex_);
  Connection::Result result = writer_->run("BEGIN IMMEDIATE");
  if (result.status == CINNABAR_OK) result = writer_->run(sql);
  if (result.status == CINNABAR_OK) result = writer_->run("COMMIT");
  if (result.status == CINNABAR_OK) return;
  if (writer_->in_transaction()) writer_->run("ROLLBACK");
  throw error_of(result);
}

}  // namespace @ident@_plugin
