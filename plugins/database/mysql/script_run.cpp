#include "script_run.hpp"

#include "dialect.hpp"
#include "reader_pool.hpp"

#include <cinnabar/error.hpp>

#include <algorithm>

namespace cinnabar::mysql {

namespace {

// How long another server's script may take before this one gives up waiting for its end.
constexpr int kLockSeconds = 300;

void require(const Outcome& outcome) {
  if (!outcome.ok()) throw error_of(outcome);
}

// Held until it goes, or until the connection does.
class ScriptLock {
 public:
  explicit ScriptLock(Connection& connection) : connection_(connection) {
    std::string got;
    require(connection_.value(
        "SELECT GET_LOCK(CONCAT(DATABASE(), '.script'), " + std::to_string(kLockSeconds) + ")",
        got));
    if (got != "1") throw error_of({Fault::away, "another server is changing the tables"});
  }
  ~ScriptLock() { connection_.run("DO RELEASE_LOCK(CONCAT(DATABASE(), '.script'))"); }
  ScriptLock(const ScriptLock&) = delete;
  ScriptLock& operator=(const ScriptLock&) = delete;

 private:
  Connection& connection_;
};

Outcome forget_newest(Connection& connection) {
  return connection.run("DELETE FROM mysql_undo ORDER BY position DESC LIMIT 1");
}

void undo_all(Connection& connection) {
  for (;;) {
    std::string statement;
    require(connection.value("SELECT statement FROM mysql_undo ORDER BY position DESC LIMIT 1",
                             statement));
    if (statement.empty()) return;
    require(connection.run(statement));
    require(forget_newest(connection));
  }
}

bool table_exists(Connection& connection, std::string table) {
  std::erase(table, '"');
  if (table.empty() || table.find('\'') != std::string::npos) return false;
  std::string count;
  require(
      connection.value("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = "
                       "DATABASE() AND table_name = '" +
                           table + "'",
                       count));
  return count != "0";
}

// True when something was noted.
bool note_undo(Connection& connection, const std::string& statement, int position) {
  const std::string undo = undo_of(statement);
  if (undo.empty() || table_exists(connection, made_table(statement))) return false;
  const std::string_view sql = "INSERT INTO mysql_undo (position, statement) VALUES (?, ?)";
  const cinnabar_value params[] = {{CINNABAR_INTEGER, position, 0, {}},
                                   {CINNABAR_TEXT, 0, 0, bytes_of(undo)}};
  require(connection.write({bytes_of(sql), params, 2, 1}));
  return true;
}

void run_statements(Connection& connection, const std::vector<std::string>& statements) {
  require(connection.run("START TRANSACTION"));
  int position = 0;
  for (const std::string& statement : statements) {
    if (!defines(statement)) {
      require(connection.run(statement));
      continue;
    }
    const bool noted = note_undo(connection, statement, ++position);
    const Outcome outcome = connection.run(translate(statement));
    // What failed made nothing; undoing it might take away what stood there before.
    if (!outcome.ok() && noted) require(forget_newest(connection));
    require(outcome);
    require(connection.run("START TRANSACTION"));
  }
  require(connection.run("DELETE FROM mysql_undo"));
  require(connection.run("COMMIT"));
}

}  // namespace

Outcome make_undo_table(Connection& connection) {
  return connection.run(
      "CREATE TABLE IF NOT EXISTS mysql_undo (position BIGINT PRIMARY KEY, statement LONGTEXT NOT "
      "NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin");
}

void run_script(Connection& connection, std::string_view script) {
  const std::vector<std::string> statements = split_script(script);
  const ScriptLock lock(connection);
  undo_all(connection);
  try {
    run_statements(connection, statements);
  } catch (const Error&) {
    if (connection.run("ROLLBACK").ok()) undo_all(connection);
    throw;
  }
}

}  // namespace cinnabar::mysql
