// Outbox: hands every committed event to every subscriber that wants it, once in effect.
//
// Each subscriber has a cursor and a thread of its own, so that a slow one holds nobody up. What a
// delivery writes commits together with the cursor's advance. A delivery that fails is parked: the
// cursor goes on, later events of the same aggregate wait behind it, others do not; it is tried
// again with growing pauses and after kAttemptsMax attempts is dead, which the log and the doctor
// say, and what waited behind it goes on. While the subscriber's plugin is switched off it waits
// and counts no attempts.
// Events are handed on in the order of their position (event_order.hpp), by the one of several
// servers that holds a lease; should two believe that they do, the cursor's guard decides.
// Owned by the composition root; start and stop from its thread, the rest from any.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/db/lease.hpp"
#include "kernel/event/event_order.hpp"

#include <cinnabar/services/domain.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace cinnabar::kernel {

struct Subscriber {
  std::string id;            // plugin id
  std::string table_prefix;  // what its write-sets may write to
  // By type, owner and the like; the event's data is not there yet. Quick; must not throw.
  std::function<bool(const StoredEvent&)> wants;
  // Commits what the event causes, or nothing when it causes nothing. May be called more than once
  // for one event; what it writes takes effect once. Blobs that it puts are its to publish before
  // and to settle after. Throws Error.
  std::function<void(const StoredEvent&, const CommitWrites& commit)> deliver;
  // Instead of `deliver`: gets many at a time, in the order of their position. Nothing is parked: a
  // failure is tried again for ever and holds up what comes later.
  std::function<void(const std::vector<StoredEvent>&, const CommitWrites& commit)> deliver_all;
};
using Subscriptions = std::vector<Subscriber>;

class Outbox {
 public:
  // node: this server's name among those that share the database.
  Outbox(Db& db, Committer& committer, const Clocks& clocks, Subscriptions subscriptions,
         const std::string& node);
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // In a fresh database every subscriber begins with the first event; one that comes to an
  // installation later begins with the next event. Throws Error.
  void start();
  // Subscribers that came with a plugin while it runs; those that are known are left alone. One
  // thread at a time, after start.
  void add(Subscriptions subscriptions);
  void stop();  // deliveries under way end; twice is once
  void wake();  // there are new events

  // Events that the slowest subscriber has not looked at, and those that are parked. Of the former
  // only the server that hands them on knows.
  std::int64_t lag() const;

 private:
  class Feed;
  std::vector<Feed*> feeds() const;
  void begin(const std::vector<Feed*>& feeds);  // makes their cursors, where there are none
  void make_cursors(const std::vector<Feed*>& feeds);
  void run();
  enum class Turn { standby, waits, goes_on };
  Turn lead(bool woken);

  Db& db_;
  Committer& committer_;
  const Clocks& clocks_;
  Lease lease_;
  EventOrder order_;
  mutable std::mutex feeds_mutex_;
  std::vector<std::unique_ptr<Feed>> feeds_;

  std::mutex mutex_;
  std::condition_variable woken_;
  bool wake_ = false;
  bool stopping_ = false;
  std::thread thread_;  // holds the lease and places
};

// Deliveries that were given up, for the doctor.
std::int64_t dead_deliveries(const Db& db);

}  // namespace cinnabar::kernel
