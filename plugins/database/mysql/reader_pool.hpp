// ReaderPool: a few connections that read; further readers wait for one to come back, for as long
// as a read may take. Owned by MysqlDatabase; any thread.
#pragma once

#include "servers.hpp"

#include <cinnabar/error.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace cinnabar::mysql {

class ReaderPool {
 public:
  ReaderPool(const Servers& servers, int connections_max, std::chrono::milliseconds wait)
      : servers_(servers), connections_max_(connections_max), wait_(wait) {}

  // A connection that was idle may have died meanwhile: then a new one is asked, once. Throws
  // Error "database.unavailable", "database.busy" or "database.failed".
  void read(std::string_view sql, const cinnabar_value* params, std::size_t count,
            const cinnabar_rows& rows);

 private:
  using Borrowed = std::unique_ptr<Connection>;

  Borrowed borrow();                    // null: none is idle, and the caller may open one
  void give_back(Borrowed connection);  // null: it is gone

  const Servers& servers_;
  const int connections_max_;
  const std::chrono::milliseconds wait_;

  std::mutex mutex_;
  std::condition_variable returned_;
  int connections_ = 0;  // open, idle or borrowed
  std::vector<Borrowed> idle_;
};

// The error of a statement that does not succeed by asking again.
Error error_of(const Outcome& outcome);

}  // namespace cinnabar::mysql
