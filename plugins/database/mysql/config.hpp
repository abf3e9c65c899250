// MysqlConfig: where the database is and how it may be used; the configuration of the plugin. And
// the password, from the one of three places that names it. Values; any thread.
#pragma once

#include <cinnabar/describe.hpp>

#include <string>
#include <vector>

namespace cinnabar::mysql {

inline constexpr const char* kPasswordVariable = "CINNABAR_MYSQL_PASSWORD";

struct MysqlConfig {
  std::vector<std::string> hosts;  // "host" or "host:port", tried in this order; none: the socket
  std::string socket = "/run/mysqld/mysqld.sock";
  std::string user = "cinnabar";
  std::string password;
  std::string password_file;
  std::string database = "cinnabar";
  std::string tls = "off";  // off, required, verified
  std::string tls_ca;
  std::string tls_certificate;
  std::string tls_key;
  int readers_max = 8;
  int connect_timeout_s = 5;
  int read_timeout_s = 30;
  int commit_timeout_s = 15;
  bool causal_reads = true;
};
CINNABAR_DESCRIBE(MysqlConfig, hosts, socket, user, (password, secret), password_file, database,
                  tls, tls_ca, tls_certificate, tls_key, (readers_max, range(1, 256)),
                  (connect_timeout_s, range(1, 60)), (read_timeout_s, range(1, 600)),
                  (commit_timeout_s, range(1, 300)), causal_reads)

struct Server {
  std::string host;  // empty: the socket
  int port = 3306;
};

// The servers to try, in order. Throws Error "mysql.config_wrong" for what is no host and port.
std::vector<Server> servers_of(const MysqlConfig& config);

// As a person would write it, for messages.
std::string name_of(const Server& server, const MysqlConfig& config);

// The password: as configured, or the first line of its file, or of the variable, which is wiped
// out of the process's environment. None of the three: empty, for a socket that knows its user.
// Throws Error "mysql.password_missing" when the file cannot be read.
std::string read_password(const MysqlConfig& config);

}  // namespace cinnabar::mysql
