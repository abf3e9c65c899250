#include "reader_pool.hpp"

namespace cinnabar::mysql {

Error error_of(const Outcome& outcome) {
  // A read that was cut off by a time limit or a deadlock is not a conflict of the caller's.
  const bool later = status_of(outcome.fault) != CINNABAR_FAILED;
  return Error(later ? "database.unavailable" : "database.failed", {{"detail", outcome.detail}}, {},
               later ? CINNABAR_UNAVAILABLE : CINNABAR_FAILED);
}

ReaderPool::Borrowed ReaderPool::borrow() {
  std::unique_lock lock(mutex_);
  const bool free = returned_.wait_for(
      lock, wait_, [&] { return !idle_.empty() || connections_ < connections_max_; });
  if (!free)
    throw Error("database.busy", {{"readers", std::to_string(connections_max_)}}, {},
                CINNABAR_UNAVAILABLE);
  if (idle_.empty()) {
    ++connections_;
    return nullptr;
  }
  Borrowed connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void ReaderPool::give_back(Borrowed connection) {
  const std::lock_guard lock(mutex_);
  if (connection)
    idle_.push_back(std::move(connection));
  else
    --connections_;
  returned_.notify_one();
}

void ReaderPool::read(std::string_view sql, const cinnabar_value* params, std::size_t count,
                      const cinnabar_rows& rows) {
  Servers::use_thread();
  Borrowed connection = borrow();
  const bool was_idle = connection != nullptr;
  Outcome outcome{Fault::away, {}};
  try {
    if (was_idle) outcome = connection->read(sql, params, count, rows);
    if (outcome.fault == Fault::away) {
      connection.reset();
      connection = servers_.open(Connection::Access::read);
      outcome = connection->read(sql, params, count, rows);
    }
  } catch (...) {
    give_back(nullptr);
    throw;
  }
  if (outcome.fault == Fault::away) connection.reset();
  give_back(std::move(connection));
  if (!outcome.ok()) throw error_of(outcome);
}

}  // namespace cinnabar::mysql
