// Outbox::Feed: one subscriber's way through the events. See outbox.hpp. Its own thread runs it;
// wake, stop and position from any thread.
#pragma once

#include "kernel/db/lease.hpp"
#include "kernel/event/outbox.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace cinnabar::kernel {

class Outbox::Feed {
 public:
  // Works while the lease is held.
  Feed(Db& db, Committer& committer, const Clocks& clocks, const Lease& lease,
       Subscriber subscriber);
  ~Feed();

  // The name of its cursor's row.
  const std::string& cursor() const { return cursor_; }
  void start();
  void stop();
  void wake();
  std::int64_t position() const { return position_; }

 private:
  enum class Turn { fresh, parked };  // an event's first one, or one after a failure
  // nothing: a fresh event without effect; gone: another node had it; pause: stopping.
  enum class Ended { done, nothing, parked, gone, pause };

  void run();
  bool step();  // true: there may be more to do at once
  Rows read_from(std::int64_t position, int limit) const;
  bool deliver_new();
  bool deliver_parked();
  bool deliver_batch();
  struct Failure {
    std::string reason;
    bool counts = true;  // as an attempt; not so while the plugin is not there
  };
  using OnFailure = std::function<std::vector<Statement>(const Failure&)>;
  Ended deliver(Turn turn, StoredEvent event, const std::vector<Statement>& on_success,
                const OnFailure& on_failure);
  void commit(WriteSet writes, std::vector<Statement> statements);
  Statement advance_to(std::int64_t sequence) const;
  std::int64_t stored_cursor() const;
  void load_cursor();
  bool stopping() const;

  Db& db_;
  Committer& committer_;
  const Clocks& clocks_;
  const Lease& lease_;
  const Subscriber subscriber_;
  const std::string cursor_;

  std::int64_t stored_ = 0;                // the cursor as the database has it
  std::atomic<std::int64_t> position_{0};  // what was looked at; ahead of stored_ by unwanted ones
  bool reload_ = false;                    // another server, or a lost commit, may have moved it
  std::int64_t next_due_ms_ = 0;           // of the parked ones; 0: none. Real clock.

  mutable std::mutex mutex_;
  std::condition_variable woken_;
  bool wake_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace cinnabar::kernel
