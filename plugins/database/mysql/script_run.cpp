#include "script_run.hpp"

#include "dialect.hpp"
#include "reader_pool.hpp"
#include "write_mark.hpp"

#include <cinnabar/error.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

namespace cinnabar::mysql {

namespace {

// How long another server's script may take before this one gives up waiting for its end.
constexpr std::chrono::seconds kWaitMax{300};
constexpr std::chrono::milliseconds kWaitPause{100};
// How long a server that died keeps the others waiting. A statement may take longer than this: then
// another may begin, undoes what it finds, and the first one stops at its next step.
constexpr int kHeldSeconds = 30;
// How often what lost to another node's transaction is begun again.
constexpr int kAttemptsMax = 8;

void require(const Outcome& outcome) {
  if (!outcome.ok()) throw error_of(outcome);
}

// The right to run a script, by a row that every node of a cluster knows; a server's own lock
// (GET_LOCK) would be one node's.
class ScriptLock {
 public:
  explicit ScriptLock(Connection& connection) : connection_(connection), id_(random_id()) {
    const auto end = std::chrono::steady_clock::now() + kWaitMax;
    while (!take()) {
      if (std::chrono::steady_clock::now() > end)
        throw error_of({Fault::away, "another server is changing the tables"});
      std::this_thread::sleep_for(kWaitPause);
    }
  }
  ~ScriptLock() { set("holder = '', expires = 0", "holder = '" + id_ + "'"); }
  ScriptLock(const ScriptLock&) = delete;
  ScriptLock& operator=(const ScriptLock&) = delete;

  // In the transaction that relies on it. Throws Error when another server has taken it over.
  void keep() { require(renew()); }
  // Outside of a transaction.
  void regain() {
    Outcome outcome = renew();
    for (int i = 1; i < kAttemptsMax && outcome.fault == Fault::again; ++i) outcome = renew();
    require(outcome);
  }

 private:
  static std::string held() {
    return "turn = turn + 1, expires = UNIX_TIMESTAMP() + " + std::to_string(kHeldSeconds);
  }
  Outcome set(const std::string& values, const std::string& when) {
    const std::string sql = "UPDATE mysql_script SET " + values + " WHERE id = 1 AND " + when;
    return connection_.write({bytes_of(sql), nullptr, 0, 1});
  }
  Outcome renew() { return set(held(), "holder = '" + id_ + "'"); }
  bool take() {
    const Outcome row = connection_.run("INSERT IGNORE INTO mysql_script VALUES (1, '', 0, 0)");
    if (row.fault == Fault::again) return false;
    require(row);
    const Outcome outcome =
        set("holder = '" + id_ + "', " + held(), "expires < UNIX_TIMESTAMP()");
    const bool others = outcome.fault == Fault::conflict || outcome.fault == Fault::again;
    if (!others) require(outcome);
    return outcome.ok();
  }

  Connection& connection_;
  const std::string id_;
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

void run_statements(Connection& connection, ScriptLock& lock,
                    const std::vector<std::string>& statements) {
  require(connection.run("START TRANSACTION"));
  int position = 0;
  for (const std::string& statement : statements) {
    if (!defines(statement)) {
      require(connection.run(statement));
      continue;
    }
    lock.keep();
    const bool noted = note_undo(connection, statement, ++position);
    const Outcome outcome = connection.run(translate(statement));
    // What failed made nothing; undoing it might take away what stood there before.
    if (!outcome.ok() && noted) require(forget_newest(connection));
    require(outcome);
    require(connection.run("START TRANSACTION"));
  }
  lock.keep();
  require(connection.run("DELETE FROM mysql_undo"));
  require(connection.run("COMMIT"));
}

}  // namespace

Outcome make_script_tables(Connection& connection) {
  const std::string options = " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin";
  Outcome outcome = connection.run(
      "CREATE TABLE IF NOT EXISTS mysql_undo (position BIGINT PRIMARY KEY, statement LONGTEXT NOT "
      "NULL)" +
      options);
  if (outcome.ok())
    outcome = connection.run(
        "CREATE TABLE IF NOT EXISTS mysql_script (id INT PRIMARY KEY, holder VARCHAR(64) NOT NULL, "
        "expires BIGINT NOT NULL, turn BIGINT NOT NULL)" +
        options);
  return outcome;
}

void run_script(Connection& connection, std::string_view script) {
  const std::vector<std::string> statements = split_script(script);
  ScriptLock lock(connection);
  undo_all(connection);
  for (int attempt = 1;; ++attempt) try {
      return run_statements(connection, lock, statements);
    } catch (const Error& error) {
      if (!connection.run("ROLLBACK").ok()) throw;
      lock.regain();  // otherwise what is there is another server's to undo
      undo_all(connection);
      // On a cluster it may have lost to what another node did.
      if (error.status() != CINNABAR_UNAVAILABLE || attempt == kAttemptsMax) throw;
    }
}

}  // namespace cinnabar::mysql
