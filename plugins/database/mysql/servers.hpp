// Servers: opens sessions with the first server of the configuration that can be used: reachable,
// MariaDB of a fit version, with TLS where it is wanted, and on a Galera cluster a node that is
// ready and synced (a node that is neither still answers SELECT 1). Every session gets the same
// settings, so that the shared SQL means on MariaDB what it means on SQLite. Any thread.
#pragma once

#include "connection.hpp"

namespace cinnabar::mysql {

class Servers {
 public:
  // Throws Error for a configuration that cannot work; connects to nothing yet.
  explicit Servers(MysqlConfig config);

  // Throws Error "database.unavailable" when there is none now, "mysql.access_denied",
  // "mysql.tls_missing" or "mysql.server_unfit" when waiting would change nothing.
  std::unique_ptr<Connection> open(Connection::Access access) const;

  // Must have been called on each thread that uses a connection; costs nothing after the first.
  static void use_thread();

 private:
  std::unique_ptr<Connection> open_at(const Server& server, Connection::Access access,
                                      bool synced_only) const;

  const MysqlConfig config_;
  const std::vector<Server> servers_;
  const std::string password_;
};

}  // namespace cinnabar::mysql
