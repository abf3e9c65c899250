// SqliteDatabase: the table cinnabar.database/1 over one SQLite file.
//
// Write-ahead log, synced at every commit. One connection writes, under a lock; readers take one
// of a few connections each and see a consistent snapshot, never waiting for the writer. A group
// of transactions is one SQLite transaction with a savepoint around each, so that a failed one
// takes nothing with it and the disk is synced once for all. Any thread.
#pragma once

#include "connection.hpp"

#include <cinnabar/tables.hpp>

#include <condition_variable>
#include <mutex>

namespace cinnabar {

class SqliteDatabase final : public Database {
 public:
  // Opens or makes the file. Throws Error.
  SqliteDatabase(std::string path, int readers_max);

  void query(std::string_view sql, const cinnabar_value* params, std::size_t count,
             const cinnabar_rows& rows) override;
  void commit(const cinnabar_transaction* transactions, std::size_t count,
              cinnabar_outcome* outcomes) override;
  void script(std::string_view sql) override;

 private:
  class Reader;  // a connection borrowed from the pool

  Outcome apply(const cinnabar_transaction& transaction, std::size_t& failed_statement);

  const std::string path_;
  const int readers_max_;

  std::mutex write_mutex_;
  Connection writer_;

  std::mutex pool_mutex_;
  std::condition_variable returned_;
  int readers_ = 0;                                // open, idle or borrowed
  std::vector<std::unique_ptr<Connection>> idle_;  // closed before writer_, which then checkpoints
};

}  // namespace cinnabar
