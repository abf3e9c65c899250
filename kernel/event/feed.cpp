#include "kernel/event/feed.hpp"

#include "kernel/base/backoff.hpp"
#include "kernel/event/event_format.hpp"
#include "kernel/event/plugin_away.hpp"
#include "kernel/log/log.hpp"

#include <cinnabar/text.hpp>

#include <algorithm>
#include <utility>

namespace cinnabar::kernel {

namespace {

// Events read at once: some 100 KB of them at most, usually.
constexpr int kBatchSize = 64;
// For one commit of a subscriber that takes them together.
constexpr int kOrderedBatchSize = 256;
// Unwanted events after which the cursor is stored without a delivery, so that a restart does not
// look at them all again.
constexpr std::int64_t kSkippedMax = 1'000;
// Without being woken, it looks again after this.
constexpr std::int64_t kPollMs = 10'000;
// After the database could not be reached.
constexpr std::int64_t kPauseMs = 1'000;
constexpr std::size_t kDetailSizeMax = 1'000;

}  // namespace

Outbox::Feed::Feed(Db& db, Committer& committer, const Clocks& clocks, const Lease& lease,
                   Subscriber subscriber)
    : db_(db),
      committer_(committer),
      clocks_(clocks),
      lease_(lease),
      subscriber_(std::move(subscriber)),
      cursor_("subscriber:" + subscriber_.id) {}

Outbox::Feed::~Feed() { stop(); }

void Outbox::Feed::start() {
  load_cursor();
  thread_ = std::thread([this] { run(); });
}

void Outbox::Feed::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Outbox::Feed::wake() {
  {
    const std::lock_guard lock(mutex_);
    wake_ = true;
  }
  woken_.notify_one();
}

bool Outbox::Feed::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

std::int64_t Outbox::Feed::stored_cursor() const {
  return db_.query_value("SELECT sequence FROM kernel_cursor WHERE name = ?", {cursor_}).integer();
}

void Outbox::Feed::load_cursor() {
  stored_ = stored_cursor();
  position_ = stored_;
  reload_ = false;
}

void Outbox::Feed::run() {
  while (!stopping()) {
    std::int64_t wait_ms = kPollMs;
    try {
      if (step()) continue;
      if (next_due_ms_ != 0)
        wait_ms = std::clamp<std::int64_t>(next_due_ms_ - clocks_.real_ms(), 1, kPollMs);
    } catch (const std::exception& error) {
      if (!stopping())
        log_warning("events cannot be handed on now",
                    {{"subscriber", subscriber_.id}, {"detail", error.what()}});
      reload_ = true;
      wait_ms = kPauseMs;
    }
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, std::chrono::milliseconds(wait_ms),
                    [this] { return wake_ || stopping_; });
    wake_ = false;
  }
}

bool Outbox::Feed::step() {
  if (!lease_.held()) {
    next_due_ms_ = 0;
    reload_ = true;
    return false;
  }
  if (reload_) load_cursor();
  if (subscriber_.deliver_all) return deliver_batch();
  const bool parked = deliver_parked();
  return deliver_new() || parked;
}

Statement Outbox::Feed::advance_to(std::int64_t sequence) const {
  return {"UPDATE kernel_cursor SET sequence = ? WHERE name = ? AND sequence = ?",
          {sequence, cursor_, stored_},
          1,
          {}};
}

void Outbox::Feed::commit(WriteSet writes, std::vector<Statement> statements) {
  Commit commit;
  commit.writes = std::move(writes);
  commit.plugin = subscriber_.id;
  commit.table_prefix = subscriber_.table_prefix;
  commit.kernel_statements = std::move(statements);
  committer_.commit(std::move(commit));
}

// Tries one delivery. `on_failure` makes the statements that park it for a reason.
Outbox::Feed::Ended Outbox::Feed::deliver(Turn turn, StoredEvent event,
                                          const std::vector<Statement>& on_success,
                                          const OnFailure& on_failure) {
  Failure failure;
  for (int attempt = 0; attempt < kConflictRetriesMax; ++attempt) {
    bool committed = false, unreachable = false;
    const CommitWrites commit_writes = [&](WriteSet writes) {
      if (turn == Turn::fresh && writes.empty()) return;
      try {
        commit(std::move(writes), on_success);
        committed = true;
      } catch (const Error& error) {
        unreachable = error.status() == CINNABAR_UNAVAILABLE;
        throw;
      }
    };
    try {
      if (event.data.is_null()) event.data = event_data(event);
      subscriber_.deliver(event, commit_writes);
      if (!committed && turn == Turn::parked) commit({}, on_success), committed = true;
      return committed ? Ended::done : Ended::nothing;
    } catch (const Error& error) {
      // The database is not there: that is no fault of the event.
      if (unreachable) throw;
      failure = {error.what(), !is_plugin_away(error)};
      if (error.status() != CINNABAR_CONFLICT || !failure.counts) break;
      if (turn == Turn::fresh && stored_cursor() != stored_) return Ended::gone;
    } catch (const std::exception& error) {
      failure = {error.what(), true};
      break;
    }
  }
  if (stopping()) return Ended::pause;
  log_warning("an event could not be handed on", {{"subscriber", subscriber_.id},
                                                  {"event", event.id},
                                                  {"type", event.type},
                                                  {"detail", failure.reason}});
  failure.reason = shortened_text(failure.reason, kDetailSizeMax);
  try {
    commit({}, on_failure(failure));
    return Ended::parked;
  } catch (const Error& error) {
    // Somebody else moved it meanwhile, another node: look again.
    if (error.status() != CINNABAR_CONFLICT) throw;
    return Ended::gone;
  }
}

Rows Outbox::Feed::read_from(std::int64_t position, int limit) const {
  return db_.query("SELECT " + std::string(kFeedColumns) +
                       " FROM kernel_event e WHERE e.position > ? ORDER BY e.position LIMIT " +
                       std::to_string(limit),
                   {position});
}

bool Outbox::Feed::deliver_new() {
  const Rows rows = read_from(position_, kBatchSize);
  std::set<std::string> blocked;  // aggregates with an earlier event that waits
  if (!rows.rows.empty())
    for (const auto& row : db_.query("SELECT DISTINCT aggregate FROM kernel_delivery WHERE "
                                     "subscriber = ? AND state = 'waiting'",
                                     {subscriber_.id})
                               .rows)
      blocked.insert(row[0].text());
  for (const auto& row : rows.rows) {
    if (stopping()) return false;
    const StoredEvent event = event_of(row);
    const std::int64_t sequence = event.sequence;
    if (!subscriber_.wants(event)) {
      position_ = sequence;
      continue;
    }
    const auto park = [&](std::int64_t attempts, std::int64_t next_at, const std::string& reason) {
      return std::vector<Statement>{
          advance_to(sequence),
          {"INSERT INTO kernel_delivery (subscriber, sequence, aggregate, state, attempts, "
           "next_at, "
           "detail) VALUES (?, ?, ?, 'waiting', ?, ?, ?)",
           {subscriber_.id, sequence, event.aggregate, attempts, next_at, reason},
           1,
           {}}};
    };
    Ended ended = Ended::parked;
    if (blocked.contains(event.aggregate))
      commit({}, park(0, 0, "waits for an earlier event"));
    else
      ended = deliver(Turn::fresh, event, {advance_to(sequence)}, [&](const Failure& failure) {
        const std::int64_t pause_ms = failure.counts ? backoff_ms(1) : kPluginAwayMs;
        return park(failure.counts ? 1 : 0, clocks_.real_ms() + pause_ms, failure.reason);
      });
    if (ended == Ended::pause) return false;
    if (ended == Ended::gone) return load_cursor(), true;
    if (ended == Ended::parked) blocked.insert(event.aggregate);
    if (ended != Ended::nothing) stored_ = sequence;
    position_ = sequence;
  }
  if (position_ - stored_ > kSkippedMax) {
    commit({}, {advance_to(position_)});
    stored_ = position_;
  }
  return !rows.rows.empty();
}

// What it throws makes run() pause and begin again at the stored cursor.
bool Outbox::Feed::deliver_batch() {
  const Rows rows = read_from(position_, kOrderedBatchSize);
  if (rows.rows.empty()) return false;
  std::vector<StoredEvent> events;
  std::int64_t last = 0;
  for (const auto& row : rows.rows) {
    StoredEvent event = event_of(row);
    last = event.sequence;
    if (subscriber_.wants(event)) events.push_back(std::move(event));
  }
  if (events.empty()) {
    if (last - stored_ > kSkippedMax) {
      commit({}, {advance_to(last)});
      stored_ = last;
    }
    position_ = last;
    return true;
  }
  for (int attempt = 1;; ++attempt) try {
      bool committed = false;
      subscriber_.deliver_all(events, [&](WriteSet writes) {
        commit(std::move(writes), {advance_to(last)});
        committed = true;
      });
      if (!committed) commit({}, {advance_to(last)});
      break;
    } catch (const Error& error) {
      if (error.status() != CINNABAR_CONFLICT || attempt >= kConflictRetriesMax || stopping())
        throw;
      // Another node had them.
      if (stored_cursor() != stored_) return load_cursor(), true;
    }
  stored_ = last;
  position_ = last;
  return true;
}

// Of each aggregate the first one that waits, when it is due.
bool Outbox::Feed::deliver_parked() {
  const Rows rows = db_.query(
      "SELECT d.attempts, d.next_at, " + std::string(kFeedColumns) +
          " FROM kernel_delivery d JOIN kernel_event e ON e.position = d.sequence "
          "WHERE d.subscriber = ? AND d.state = 'waiting' AND d.sequence IN (SELECT MIN(sequence) "
          "FROM kernel_delivery WHERE subscriber = ? AND state = 'waiting' GROUP BY aggregate) "
          "ORDER BY d.next_at, d.sequence LIMIT " +
          std::to_string(kBatchSize),
      {subscriber_.id, subscriber_.id});
  bool moved = false;
  next_due_ms_ = 0;
  for (const auto& row : rows.rows) {
    if (stopping()) return false;
    const std::int64_t attempts = row[0].integer();
    if (row[1].integer() > clocks_.real_ms()) {
      next_due_ms_ = row[1].integer();
      break;
    }
    const StoredEvent event = event_of({row.begin() + 2, row.end()});
    const Json sequence = event.sequence;
    const std::string guard = " WHERE subscriber = ? AND sequence = ? AND attempts = ?";
    const Ended ended = deliver(
        Turn::parked, event,
        {{"DELETE FROM kernel_delivery" + guard, {subscriber_.id, sequence, attempts}, 1, {}}},
        [&](const Failure& failure) {
          const std::int64_t counted = failure.counts ? attempts + 1 : attempts;
          const std::int64_t pause_ms = failure.counts ? backoff_ms(counted) : kPluginAwayMs;
          const bool dead = failure.counts && counted >= kAttemptsMax;
          if (dead)
            log_error(
                "an event is given up for a subscriber",
                {{"subscriber", subscriber_.id}, {"event", event.id}, {"detail", failure.reason}});
          return std::vector<Statement>{
              {"UPDATE kernel_delivery SET state = ?, attempts = ?, next_at = ?, detail = ?" +
                   guard,
               {dead ? "dead" : "waiting", counted, clocks_.real_ms() + pause_ms, failure.reason,
                subscriber_.id, sequence, attempts},
               1,
               {}}};
        });
    if (ended == Ended::pause) return false;
    moved = true;
  }
  return moved;
}

}  // namespace cinnabar::kernel
