#include "mysql_database.hpp"

#include "script_run.hpp"

namespace cinnabar::mysql {

namespace {

constexpr int kAttemptsMax = 8;

// Only when one is missing: on a cluster a CREATE TABLE undoes what others are doing, even if the
// table is there.
Outcome make_own_tables(Connection& connection) {
  std::string count;
  const Outcome asked = connection.value(
      "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND "
      "table_name IN ('mysql_writer', 'mysql_undo', 'mysql_script')",
      count);
  if (!asked.ok() || count == "3") return asked;
  const Outcome made = WriteMark::make_table(connection);
  return made.ok() ? make_script_tables(connection) : made;
}

}  // namespace

MysqlDatabase::MysqlDatabase(const MysqlConfig& config)
    : servers_(config),
      readers_(servers_, config.readers_max, std::chrono::seconds(config.read_timeout_s)),
      writer_(servers_, std::chrono::seconds(config.commit_timeout_s)) {
  Servers::use_thread();
  const auto connection = servers_.open(Connection::Access::define);
  for (int attempt = 1;; ++attempt) {
    const Outcome outcome = make_own_tables(*connection);
    if (outcome.ok()) break;
    if (outcome.fault != Fault::again || attempt == kAttemptsMax) throw error_of(outcome);
  }
}

void MysqlDatabase::commit(const cinnabar_transaction* transactions, std::size_t count,
                           cinnabar_outcome* outcomes) {
  Servers::use_thread();
  const std::lock_guard lock(write_mutex_);
  writer_.commit(transactions, count, outcomes);
}

void MysqlDatabase::script(std::string_view sql) {
  Servers::use_thread();
  run_script(*servers_.open(Connection::Access::define), sql);
}

std::vector<std::string> MysqlDatabase::warnings() {
  std::vector<std::string> found;
  const auto connection = servers_.open(Connection::Access::read);
  std::string flush, cluster;
  connection->value("SELECT @@innodb_flush_log_at_trx_commit", flush);
  connection->value("SELECT @@wsrep_on", cluster);
  if (flush != "1" && cluster != "1")
    found.push_back("innodb_flush_log_at_trx_commit is " + flush +
                    ": what was acknowledged may be lost with the machine's power; set it to 1");
  return found;
}

}  // namespace cinnabar::mysql
