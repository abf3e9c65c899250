#include "kernel/event/outbox.hpp"

#include "kernel/base/backoff.hpp"
#include "kernel/event/feed.hpp"
#include "kernel/log/log.hpp"

namespace cinnabar::kernel {

namespace {

// How often the server that hands events on looks for those of other servers, and these whether
// they have to go on in its place.
constexpr std::chrono::milliseconds kLookPause{250};
constexpr std::chrono::milliseconds kStandbyPause{1'000};

}  // namespace

Outbox::Outbox(Db& db, Committer& committer, const Clocks& clocks, Subscriptions subscriptions,
               const std::string& node)
    : db_(db),
      committer_(committer),
      clocks_(clocks),
      lease_(db, committer, clocks, "outbox", node),
      order_(db, committer) {
  for (Subscriber& subscriber : subscriptions)
    feeds_.push_back(std::make_unique<Feed>(db, committer, clocks, lease_, std::move(subscriber)));
}

Outbox::~Outbox() { stop(); }

void Outbox::start() {
  const std::vector<Feed*> all = feeds();
  begin(all);
  lease_.hold();
  for (Feed* feed : all) feed->start();
  thread_ = std::thread([this] { run(); });
}

std::vector<Outbox::Feed*> Outbox::feeds() const {
  const std::lock_guard lock(feeds_mutex_);
  std::vector<Feed*> all;
  for (const auto& feed : feeds_) all.push_back(feed.get());
  return all;
}

void Outbox::add(Subscriptions subscriptions) {
  const std::vector<Feed*> known = feeds();
  for (Subscriber& subscriber : subscriptions) {
    auto feed = std::make_unique<Feed>(db_, committer_, clocks_, lease_, std::move(subscriber));
    if (std::any_of(known.begin(), known.end(),
                    [&](const Feed* other) { return other->cursor() == feed->cursor(); }))
      continue;
    begin({feed.get()});
    feed->start();
    const std::lock_guard lock(feeds_mutex_);
    feeds_.push_back(std::move(feed));
  }
}

void Outbox::begin(const std::vector<Feed*>& feeds) {
  for (int attempt = 1;; ++attempt) try {
      return make_cursors(feeds);
    } catch (const Error& error) {
      // Another server that starts as well began them.
      if (error.status() != CINNABAR_CONFLICT || attempt == kConflictRetriesMax) throw;
    }
}

void Outbox::make_cursors(const std::vector<Feed*>& feeds) {
  std::set<std::string> known;
  for (const auto& row :
       db_.query("SELECT name FROM kernel_cursor WHERE name LIKE 'subscriber:%'").rows)
    known.insert(row[0].text());
  const std::int64_t begin = known.empty() ? 0 : EventOrder::placed(db_);
  Commit commit;
  for (const Feed* feed : feeds)
    if (!known.contains(feed->cursor()))
      commit.kernel_statements.push_back(
          {"INSERT INTO kernel_cursor (name, sequence) VALUES (?, ?)",
           {feed->cursor(), begin},
           1,
           {}});
  if (!commit.kernel_statements.empty()) committer_.commit(std::move(commit));
}

void Outbox::stop() {
  for (Feed* feed : feeds()) feed->stop();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_one();
  if (!thread_.joinable()) return;
  thread_.join();
  try {
    lease_.give_up();
  } catch (const std::exception& error) {
    log_warning("another server goes on only when the lease ends", {{"detail", error.what()}});
  }
}

void Outbox::wake() {
  {
    const std::lock_guard lock(mutex_);
    wake_ = true;
  }
  woken_.notify_one();
}

void Outbox::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const bool woken = std::exchange(wake_, false);
    lock.unlock();
    Turn turn = Turn::standby;
    try {
      turn = lead(woken);
    } catch (const std::exception& error) {
      log_warning("events cannot be put in order now", {{"detail", error.what()}});
    }
    lock.lock();
    if (turn == Turn::goes_on) continue;
    // Who does not lead has nothing to do for an event of its own.
    const bool leads = turn == Turn::waits;
    woken_.wait_for(lock, leads ? kLookPause : kStandbyPause,
                    [&] { return (wake_ && leads) || stopping_; });
  }
}

// One batch a turn: while events keep coming, the lease is renewed and feeds get on.
Outbox::Turn Outbox::lead(bool woken) {
  const bool led = lease_.held();
  if (!lease_.hold()) return Turn::standby;
  const bool placed = order_.place() > 0;
  if (woken || placed || !led)
    for (Feed* feed : feeds()) feed->wake();
  return placed ? Turn::goes_on : Turn::waits;
}

std::int64_t Outbox::lag() const {
  std::int64_t behind = 0;
  if (lease_.held()) {
    const std::int64_t newest = EventOrder::placed(db_);
    for (const Feed* feed : feeds()) behind = std::max(behind, newest - feed->position());
  }
  return behind + EventOrder::unplaced(db_) +
         db_.query_value("SELECT COUNT(*) FROM kernel_delivery WHERE state = 'waiting'").integer();
}

std::int64_t dead_deliveries(const Db& db) {
  return db.query_value("SELECT COUNT(*) FROM kernel_delivery WHERE state = 'dead'").integer();
}

}  // namespace cinnabar::kernel
