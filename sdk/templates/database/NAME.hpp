// @title@: a database driver over one SQLite file: the least that a driver must do, to be replaced
// by a client of your database. Groups of transactions are applied in order, each all or nothing,
// and are durable together when a commit returns; a guard that does not hold is a conflict.
// Thread-safety: query any thread, commit and script one at a time.
#pragma once

#include <cinnabar/tables.hpp>

#include <sqlite3.h>

#include <mutex>

namespace @ident@_plugin {

// One open file. Owned by the driver; one thread at a time.
class Connection {
 public:
  Connection(const std::string& file, bool writer);
  ~Connection() { sqlite3_close_v2(db_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // How a statement ended; text only when it did not end well.
  struct Result {
    cinnabar_status status = CINNABAR_OK;
    std::string text{};
  };
  Result run(std::string_view script);
  Result write(const cinnabar_statement& statement);
  void read(std::string_view sql, const cinnabar_value* params, std::size_t count,
            const cinnabar_rows& rows);
  bool in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

 private:
  using Prepared = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;
  Prepared prepare(std::string_view sql, const cinnabar_value* params, std::size_t count);
  Result problem() const;

  sqlite3* db_ = nullptr;
};

class @Class@ final : public cinnabar::Database {
 public:
  explicit @Class@(cinnabar::Host& host) : host_(host) {}
  explicit @Class@(cinnabar::Host& host, const std::string& file) : host_(host) { open(file); }

  void start() { open(host_.data_folder() + "/@name@.db"); }

  void query(std::string_view sql, const cinnabar_value* params, std::size_t count,
             const cinnabar_rows& rows) override;
  void commit(const cinnabar_transaction* transactions, std::size_t count,
              cinnabar_outcome* outcomes) override;
  void script(std::string_view sql) override;

 private:
  void open(const std::string& file);
  Connection::Result apply(const cinnabar_transaction& transaction, std::size_t& failed);

  cinnabar::Host& host_;
  std::mutex read_mutex_, write_mutex_;
  std::unique_ptr<Connection> reader_, writer_;
};

}  // namespace @ident@_plugin
