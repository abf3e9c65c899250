// MysqlDatabase: the table cinnabar.database/1 over MariaDB or a Galera cluster.
//
// Readers take one of a few connections each; one connection commits, under a lock; a script runs
// on one of its own. Any thread.
#pragma once

#include "group_writer.hpp"
#include "reader_pool.hpp"

#include <cinnabar/tables.hpp>

namespace cinnabar::mysql {

class MysqlDatabase final : public Database {
 public:
  // Connects, and makes the driver's own tables. Throws Error.
  explicit MysqlDatabase(const MysqlConfig& config);

  void query(std::string_view sql, const cinnabar_value* params, std::size_t count,
             const cinnabar_rows& rows) override {
    readers_.read(sql, params, count, rows);
  }
  void commit(const cinnabar_transaction* transactions, std::size_t count,
              cinnabar_outcome* outcomes) override;
  void script(std::string_view sql) override;

  // What an operator should know about the server's settings; empty: all is well.
  std::vector<std::string> warnings();

 private:
  const Servers servers_;
  ReaderPool readers_;
  std::mutex write_mutex_;
  GroupWriter writer_;
};

}  // namespace cinnabar::mysql
