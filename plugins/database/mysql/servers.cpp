#include "servers.hpp"

#include <cinnabar/error.hpp>

#include <mysql_connection.h>
#include <mysql_driver.h>
#include <cppconn/exception.h>
#include <cppconn/statement.h>

#include <cstdlib>
#include <mutex>
#include <optional>

namespace cinnabar::mysql {

namespace {

// How long a statement waits for a row that another transaction holds. A commit is short; who
// waits longer than this is better run again.
constexpr int kLockWaitSeconds = 5;
// 10.6 made the definition of a table atomic.
constexpr int kMajorMin = 10;
constexpr int kMinorMin = 6;

// What makes statements mean the same as on SQLite: wrong values are refused, not bent; a
// backslash is a letter, || joins texts, "x" is a name; a zero may be written into a counted
// column; all right sides of an UPDATE see the row as it was.
constexpr std::string_view kSqlMode =
    "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,ANSI_QUOTES,"
    "NO_AUTO_VALUE_ON_ZERO,SIMULTANEOUS_ASSIGNMENT";

// get_driver_instance and the driver's connect share state that nothing guards.
std::mutex& driver_mutex() {
  static std::mutex mutex;
  return mutex;
}

sql::mysql::MySQL_Driver& driver() {
  const std::lock_guard lock(driver_mutex());
  return *sql::mysql::get_driver_instance();
}

// The client library keeps things for each thread that uses it.
struct ThreadUse {
  ThreadUse() { driver().threadInit(); }
  ~ThreadUse() { driver().threadEnd(); }
};

Error unavailable(std::string detail) {
  return Error("database.unavailable", {{"detail", std::move(detail)}}, {}, CINNABAR_UNAVAILABLE);
}

Error error_of(const sql::SQLException& exception, const std::string& where) {
  const std::string detail = where + ": " + exception.what();
  if (fault_of(exception.getErrorCode()) == Fault::denied)
    return Error("mysql.access_denied", {{"detail", detail}}, {}, CINNABAR_FAILED);
  return unavailable(detail);
}

sql::ConnectOptionsMap options_of(const Server& server, const MysqlConfig& config,
                                  const std::string& password, Connection::Access access) {
  sql::ConnectOptionsMap options;
  const auto text = [&](const char* name, const std::string& value) {
    options[name] = sql::SQLString(value);
  };
  const bool bracket = server.host.find(':') != std::string::npos;
  text("hostName", server.host.empty()
                       ? "unix://" + config.socket
                       : "tcp://" + (bracket ? "[" + server.host + "]" : server.host) + ":" +
                             std::to_string(server.port));
  text("userName", config.user);
  text("password", password);
  text("schema", config.database);
  text("OPT_CHARSET_NAME", "utf8mb4");
  // A guard like `SET since = since` expects the row that it found, changed or not.
  options["CLIENT_FOUND_ROWS"] = true;
  // A group of statements goes out at once; each is checked to be one.
  if (access == Connection::Access::write) options["CLIENT_MULTI_STATEMENTS"] = true;
  options["OPT_CONNECT_TIMEOUT"] = config.connect_timeout_s;
  // Changing a large table may take any time.
  if (access != Connection::Access::define) options["OPT_READ_TIMEOUT"] = config.read_timeout_s;
  options["OPT_WRITE_TIMEOUT"] = config.read_timeout_s;
  if (config.tls == "off") return options;
  options["sslEnforce"] = true;
  options["sslVerify"] = config.tls == "verified";
  if (!config.tls_ca.empty()) text("sslCA", config.tls_ca);
  if (!config.tls_certificate.empty()) text("sslCert", config.tls_certificate);
  if (!config.tls_key.empty()) text("sslKey", config.tls_key);
  return options;
}

void require(const Outcome& outcome, const std::string& where) {
  if (outcome.ok()) return;
  throw unavailable(where + ": " + outcome.detail);
}

std::string settings_of(Connection::Access access, const MysqlConfig& config) {
  const bool reads = access == Connection::Access::read;
  std::string sql = "SET SESSION sql_mode = '" + std::string(kSqlMode) +
                    "', collation_connection = 'utf8mb4_nopad_bin', "
                    "tx_isolation = 'READ-COMMITTED', innodb_lock_wait_timeout = " +
                    std::to_string(kLockWaitSeconds);
  // A reader on a cluster waits for what other nodes committed before it asked.
  sql += ", wsrep_sync_wait = " + std::to_string(reads && config.causal_reads ? 1 : 0);
  // See WriteMark::verify: what follows on a transaction that was undone must be undone as well.
  if (access == Connection::Access::write) sql += ", autocommit = 0";
  if (reads)
    sql += ", tx_read_only = 1, max_statement_time = " + std::to_string(config.read_timeout_s);
  return sql;
}

void check_version(Connection& connection, const std::string& where) {
  std::string version;
  require(connection.value("SELECT VERSION()", version), where);
  char* rest = nullptr;
  const long major = std::strtol(version.c_str(), &rest, 10);
  const long minor = *rest == '.' ? std::strtol(rest + 1, nullptr, 10) : 0;
  const bool fit = major > kMajorMin || (major == kMajorMin && minor >= kMinorMin);
  if (!fit || version.find("MariaDB") == std::string::npos)
    throw Error("mysql.server_unfit", {{"server", where}, {"version", version}}, {},
                CINNABAR_FAILED);
}

void check_tls(Connection& connection, const std::string& where) {
  std::string cipher;
  require(connection.value("SHOW SESSION STATUS LIKE 'Ssl_cipher'", cipher, 2), where);
  if (cipher.empty()) throw Error("mysql.tls_missing", {{"server", where}}, {}, CINNABAR_FAILED);
}

// On a server without Galera there is nothing to wait for.
void check_cluster(Connection& connection, const std::string& where, bool synced_only) {
  std::string on, ready, state;
  require(connection.value("SELECT @@wsrep_on", on), where);
  if (on != "1") return;
  require(connection.value("SHOW GLOBAL STATUS LIKE 'wsrep_ready'", ready, 2), where);
  require(connection.value("SHOW GLOBAL STATUS LIKE 'wsrep_local_state_comment'", state, 2), where);
  if (ready != "ON" || (synced_only && state != "Synced"))
    throw unavailable(where + ": this node of the cluster is not ready (" + state + ")");
}

}  // namespace

Servers::Servers(MysqlConfig config)
    : config_(std::move(config)), servers_(servers_of(config_)), password_(read_password(config_)) {
  if (config_.tls != "off" && config_.tls != "required" && config_.tls != "verified")
    throw Error("mysql.config_wrong",
                {{"setting", "tls"}, {"reason", "it is off, required or verified"}});
  if (config_.tls == "verified" && config_.tls_ca.empty())
    throw Error("mysql.config_wrong",
                {{"setting", "tls_ca"}, {"reason", "verifying needs the authority's file"}});
  driver();
}

void Servers::use_thread() { static thread_local const ThreadUse use; }

std::unique_ptr<Connection> Servers::open(Connection::Access access) const {
  std::optional<Error> first;
  // A node that is being copied from is better than none.
  for (const bool synced_only : {true, false})
    for (const Server& server : servers_) {
      try {
        return open_at(server, access, synced_only);
      } catch (const Error& error) {
        if (!first || first->status() == CINNABAR_UNAVAILABLE) first = error;
      }
    }
  throw *first;
}

std::unique_ptr<Connection> Servers::open_at(const Server& server, Connection::Access access,
                                             bool synced_only) const {
  const std::string where = name_of(server, config_);
  std::unique_ptr<sql::Connection> session;
  try {
    auto options = options_of(server, config_, password_, access);
    session.reset(driver().connect(options));
  } catch (const sql::SQLException& exception) {
    throw error_of(exception, where);
  }
  auto connection = std::make_unique<Connection>(std::move(session));
  if (config_.tls != "off") check_tls(*connection, where);
  check_version(*connection, where);
  check_cluster(*connection, where, synced_only);
  // Not SET NAMES ... COLLATE: the connector does not know the collation when it names a result's.
  require(connection->run("SET NAMES utf8mb4"), where);
  require(connection->run(settings_of(access, config_)), where);
  std::string packet_max;
  require(connection->value("SELECT @@max_allowed_packet", packet_max), where);
  connection->packet_max(std::strtoull(packet_max.c_str(), nullptr, 10));
  return connection;
}

}  // namespace cinnabar::mysql
