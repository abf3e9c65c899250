#include "kernel/job/jobs.hpp"

#include "kernel/base/backoff.hpp"
#include "kernel/base/ids.hpp"
#include "kernel/db/expired_rows.hpp"
#include "kernel/event/plugin_away.hpp"
#include "kernel/job/job_rows.hpp"
#include "kernel/log/log.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>

namespace cinnabar::kernel {

namespace {

// Leases are renewed, and those of others looked at, three times within a lease.
constexpr std::int64_t kTendMs = kLeaseMs / 3;
// After the database could not be reached.
constexpr std::int64_t kPauseMs = 1'000;

}  // namespace

class Jobs::Impl {
 public:
  Impl(Db& db, Committer& committer, const Clocks& clocks, Runner runner, JobSettings settings)
      : committer_(committer),
        clocks_(clocks),
        runner_(std::move(runner)),
        settings_(std::move(settings)),
        named_(!settings_.node.empty()),
        rows_(db, committer, clocks, named_ ? settings_.node : new_id("node", clocks.real_ms())),
        expired_(db, committer, clocks) {}

  void start() {
    if (named_) rows_.take_back_own();
    for (int i = 0; i < settings_.threads; ++i) workers_.emplace_back([this] { work(); });
    dispatcher_ = std::thread([this] { dispatch(); });
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wanted_.notify_all();
    given_.notify_all();
    if (dispatcher_.joinable()) dispatcher_.join();
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
    for (const ClaimedJob& job : std::exchange(queue_, {})) attempt([&] { rows_.hand_back(job); });
  }

  void wake() {
    {
      const std::lock_guard lock(mutex_);
      wake_ = true;
    }
    wanted_.notify_one();
  }

 private:
  // Does what may fail with the database; the log gets the reason. True: it went well.
  template <class Work>
  bool attempt(Work work) {
    try {
      work();
      return true;
    } catch (const std::exception& error) {
      log_warning("jobs cannot be moved on now", {{"detail", error.what()}});
      return false;
    }
  }

  void dispatch() {
    std::int64_t tended_ms = 0;
    for (;;) {
      std::vector<std::string> held;
      {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        wake_ = false;
        held.assign(held_.begin(), held_.end());
      }
      const int free = settings_.threads - static_cast<int>(held.size());
      std::int64_t wait_ms = kPauseMs;
      const bool good = attempt([&] {
        if (clocks_.real_ms() - tended_ms >= kTendMs) {
          rows_.renew(held);
          rows_.free_expired();
          tended_ms = clocks_.real_ms();
        }
        if (free > 0) give(rows_.claim(free));
        wait_ms = expired_.sweep() ? 0 : time_to_next();
      });
      std::unique_lock lock(mutex_);
      wanted_.wait_for(lock, std::chrono::milliseconds(good ? wait_ms : kPauseMs),
                       [&] { return stopping_ || (wake_ && good); });
    }
  }

  void give(std::vector<ClaimedJob> jobs) {
    const std::lock_guard lock(mutex_);
    for (ClaimedJob& job : jobs) {
      held_.insert(job.id);
      queue_.push_back(std::move(job));
    }
    given_.notify_all();
  }

  // Until a job is due that a free thread could take; a thread that becomes free wakes earlier.
  std::int64_t time_to_next() {
    {
      const std::lock_guard lock(mutex_);
      if (static_cast<int>(held_.size()) >= settings_.threads) return kTendMs;
    }
    const auto due_ms = rows_.next_due_ms();
    if (!due_ms) return kTendMs;
    return std::clamp<std::int64_t>(*due_ms - clocks_.business_ms(), 0, kTendMs);
  }

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      given_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      ClaimedJob job = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      attempt([&] { run(job); });
      lock.lock();
      held_.erase(job.id);
      wake_ = true;
      wanted_.notify_one();
    }
  }

  void run(ClaimedJob& job) {
    std::string reason;
    for (int i = 0; i < kConflictRetriesMax; ++i) {
      try {
        bool committed = false;
        runner_(job.plugin, {job.id, job.kind, job.owner, static_cast<int>(job.attempts), job.data},
                [&](WriteSet writes) {
                  rows_.finish(job, std::move(writes), committer_.table_prefix(job.plugin));
                  committed = true;
                });
        if (!committed) throw failure("the job ended without a commit");
        return;
      } catch (const Error& error) {
        reason = error.what();
        if (is_plugin_away(error)) return rows_.wait_for_plugin(job, reason);
        if (error.status() != CINNABAR_CONFLICT) break;
        if (!rows_.refresh(job)) return;
      } catch (const std::exception& error) {
        reason = error.what();
        break;
      }
    }
    rows_.fail(job, reason);
  }

  Committer& committer_;
  const Clocks& clocks_;
  const Runner runner_;
  const JobSettings settings_;
  const bool named_;
  JobRows rows_;
  ExpiredRows expired_;  // of the dispatcher, which wakes often enough for it

  std::mutex mutex_;
  std::condition_variable wanted_;  // for the dispatcher: something changed
  std::condition_variable given_;   // for the workers: a job, or the end
  std::deque<ClaimedJob> queue_;    // claimed, not begun
  std::set<std::string> held_;      // ids of those and of the ones being run
  bool wake_ = false;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
  std::thread dispatcher_;
};

Jobs::Jobs(Db& db, Committer& committer, const Clocks& clocks, Runner runner, JobSettings settings)
    : impl_(std::make_unique<Impl>(db, committer, clocks, std::move(runner), std::move(settings))) {
}
Jobs::~Jobs() { stop(); }
void Jobs::start() { impl_->start(); }
void Jobs::stop() { impl_->stop(); }
void Jobs::wake() { impl_->wake(); }

JobCounts count_jobs(const Db& db) {
  JobCounts counts;
  for (const auto& row : db.query("SELECT state, COUNT(*) FROM kernel_job GROUP BY state").rows) {
    const std::string& state = row[0].text();
    (state == "waiting"   ? counts.waiting
     : state == "running" ? counts.running
                          : counts.dead) = row[1].integer();
  }
  return counts;
}

}  // namespace cinnabar::kernel
