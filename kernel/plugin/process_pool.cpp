#include "kernel/plugin/process_pool.hpp"

#include "kernel/log/log.hpp"
#include "kernel/plugin/process_family.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <chrono>

namespace cinnabar::kernel {
namespace {

constexpr int kStartTimeoutMs = 30'000;
constexpr std::int64_t kBackoffFirstMs = 100;
constexpr std::int64_t kBackoffMaxMs = 10'000;
// Of a buffer each: as much as a pipe holds.
constexpr int kLogReadsMax = 16;
constexpr int kFloodPauseMs = 10;

}  // namespace

std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

ProcessPool::ProcessPool(ZygoteSettings settings, UniqueFd image, int workers_max,
                         Patience patience)
    : settings_(std::move(settings)),
      image_(std::move(image)),
      workers_max_(workers_max),
      patience_(patience),
      log_(settings_.plugin.id),
      zygote_(std::make_unique<ZygoteClient>(settings_, image_.get())),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

ProcessPool::~ProcessPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  if (keeper_.joinable()) {
    eventfd_write(wake_.get(), 1);
    keeper_.join();
  }
}

void ProcessPool::wait_ready() {
  const std::lock_guard lock(zygote_mutex_);
  const std::string confinement = zygote_->wait_ready(kStartTimeoutMs);
  log_info("hosted in a process of its own: " + confinement, {{"plugin", settings_.plugin.id}});
  keeper_ = std::thread([this] { keep(); });
}

// Under zygote_mutex_.
void ProcessPool::ensure_zygote() {
  if (zygote_) return;
  const Error unavailable("worker.unavailable", {{"plugin", settings_.plugin.id}}, {},
                          CINNABAR_UNAVAILABLE);
  if (steady_ms() < next_start_ms_) throw unavailable;
  backoff_ms_ = std::clamp(backoff_ms_ * 2, kBackoffFirstMs, kBackoffMaxMs);
  next_start_ms_ = steady_ms() + backoff_ms_;
  try {
    auto zygote = std::make_unique<ZygoteClient>(settings_, image_.get());
    zygote->wait_ready(kStartTimeoutMs);
    zygote_ = std::move(zygote);
    ++generation_;
    log_info("its process was started again", {{"plugin", settings_.plugin.id}});
  } catch (const Error& error) {
    log_error(std::string("its process cannot be started: ") + error.what(),
              {{"plugin", settings_.plugin.id}});
    throw unavailable;
  }
  eventfd_write(wake_.get(), 1);  // the keeper reads the new log
}

// Under zygote_mutex_. Workers die with their zygote; those that are lent notice it themselves.
void ProcessPool::drop_zygote() {
  if (!zygote_) return;
  zygote_.reset();
  log_error("its process died", {{"plugin", settings_.plugin.id}});
  const std::lock_guard lock(mutex_);
  count_ -= static_cast<int>(idle_.size());
  idle_.clear();
}

HostedWorker ProcessPool::fork_worker() {
  const std::lock_guard lock(zygote_mutex_);
  for (int attempt = 0;; ++attempt) {
    ensure_zygote();
    try {
      HostedWorker worker = zygote_->fork_worker();
      worker.generation = generation_;
      backoff_ms_ = 0;
      return worker;
    } catch (const Error&) {
      drop_zygote();
      if (attempt > 0) throw;
    }
  }
}

// Under mutex_, by its lock. Whether one came free in time. Who comes later stands behind those who
// wait.
bool ProcessPool::wait_for_free(std::unique_lock<std::mutex>& lock, std::int64_t deadline_ms) {
  const auto free = [&] { return static_cast<int>(idle_.size()) + workers_max_ - count_; };
  for (int ahead = waiting_; free() <= ahead && !stopping_; ahead = 0) {
    const std::int64_t now = steady_ms(), slow = moved_ms_ + patience_.slow_ms;
    if (now >= deadline_ms || (now >= slow && waiting_ >= patience_.slow_waiting_max)) return false;
    const std::int64_t until = now < slow ? std::min(deadline_ms, slow) : deadline_ms;
    ++waiting_;
    free_.wait_until(lock, std::chrono::steady_clock::time_point(std::chrono::milliseconds(until)));
    --waiting_;
  }
  return true;
}

HostedWorker ProcessPool::take(std::int64_t deadline_ms) {
  {
    std::unique_lock lock(mutex_);
    if (!wait_for_free(lock, deadline_ms))
      throw Error("worker.busy", {{"plugin", settings_.plugin.id}}, {}, CINNABAR_UNAVAILABLE);
    if (stopping_)
      throw Error("worker.unavailable", {{"plugin", settings_.plugin.id}}, {},
                  CINNABAR_UNAVAILABLE);
    moved_ms_ = steady_ms();
    if (!idle_.empty()) {
      HostedWorker worker = std::move(idle_.back());
      idle_.pop_back();
      return worker;
    }
    ++count_;
  }
  try {
    return fork_worker();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    --count_;
    free_.notify_one();
    throw;
  }
}

void ProcessPool::give_back(HostedWorker worker) {
  if (++worker.calls >= kCallsMax || worker.standing_back) {
    end(std::move(worker));
    return;
  }
  worker.idle_since_ms = steady_ms();
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    moved_ms_ = worker.idle_since_ms;
    idle_.push_back(std::move(worker));
    wake = std::exchange(keeper_sleeps_, false);
  }
  free_.notify_one();
  if (wake) eventfd_write(wake_.get(), 1);
}

WorkerEnd ProcessPool::end(HostedWorker worker) {
  WorkerEnd how;
  {
    const std::lock_guard lock(zygote_mutex_);
    // A worker of an earlier zygote died with it.
    if (zygote_ && worker.generation == generation_) try {
        how = zygote_->reap(worker);
      } catch (const Error&) {
        drop_zygote();
      }
  }
  {
    const std::lock_guard lock(mutex_);
    moved_ms_ = steady_ms();
    --count_;
  }
  free_.notify_one();
  return how;
}

std::int64_t ProcessPool::resident_bytes() {
  // Who starts a zygote holds the lock for as long as that takes.
  const std::unique_lock lock(zygote_mutex_, std::try_to_lock);
  return lock && zygote_ ? family_resident_bytes(zygote_->pid()) : 0;
}

void ProcessPool::end_idle(std::int64_t before_ms) {
  std::vector<HostedWorker> old;
  {
    const std::lock_guard lock(mutex_);
    for (auto at = idle_.begin(); at != idle_.end();) {
      if (at->idle_since_ms > before_ms) {
        ++at;
      } else {
        old.push_back(std::move(*at));
        at = idle_.erase(at);
      }
    }
  }
  for (HostedWorker& worker : old) end(std::move(worker));
}

// Until the next idle worker is old; -1: for ever, until somebody wakes it.
int ProcessPool::keeper_timeout_ms() {
  const std::lock_guard lock(mutex_);
  std::int64_t timeout_ms = -1;
  for (const HostedWorker& worker : idle_) {
    const std::int64_t left =
        std::max<std::int64_t>(1, worker.idle_since_ms + kIdleMaxMs - steady_ms());
    timeout_ms = timeout_ms < 0 ? left : std::min(timeout_ms, left);
  }
  keeper_sleeps_ = timeout_ms < 0;
  return static_cast<int>(timeout_ms);
}

// At most what the pipe holds, so that a flood costs whoever writes it. False: nobody holds the
// other side any more, so zygote and workers are dead.
bool ProcessPool::read_log(int log) {
  char buffer[4096];
  for (int i = 0; i < kLogReadsMax; ++i) {
    const ssize_t got = ::read(log, buffer, sizeof buffer);
    if (got <= 0) return got != 0;
    log_.feed({buffer, static_cast<std::size_t>(got)}, steady_ms());
  }
  return true;
}

void ProcessPool::keep() {
  for (;;) {
    int log = -1, generation = 0;
    {
      const std::lock_guard lock(zygote_mutex_);
      if (zygote_) log = dup(zygote_->log_pipe().get());
      generation = generation_;
    }
    const UniqueFd own(log);
    int timeout_ms = keeper_timeout_ms();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    // Who says more than the log takes is heard less often, and waits until then.
    const bool flood = log_.dropping();
    if (flood) timeout_ms = kFloodPauseMs;
    pollfd waiting[] = {{wake_.get(), POLLIN, 0}, {flood ? -1 : own.get(), POLLIN, 0}};
    poll(waiting, 2, timeout_ms);
    eventfd_t ignored;
    eventfd_read(wake_.get(), &ignored);
    // Somebody else may have seen the end first and started the next.
    if (own && !read_log(own.get())) {
      const std::lock_guard lock(zygote_mutex_);
      if (generation == generation_) drop_zygote();
    }
    log_.settle(steady_ms());
    end_idle(steady_ms() - kIdleMaxMs);
  }
}

}  // namespace cinnabar::kernel
