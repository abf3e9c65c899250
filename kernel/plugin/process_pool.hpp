// ProcessPool: the processes of one hosted plugin. Has workers forked when they are needed, lends
// each to one call at a time, ends those that misbehaved, served long enough or stand idle, and
// starts the zygote anew when it died, ever more slowly while it keeps dying.
// Owned by a process instance; any thread. One thread of its own reads the log and ends idle ones.
#pragma once

#include "kernel/plugin/worker_log.hpp"
#include "kernel/plugin/zygote_client.hpp"

#include <condition_variable>
#include <memory>
#include <thread>
#include <vector>

namespace cinnabar::kernel {

class ProcessPool {
 public:
  // A worker is replaced after so many calls: leaks and damage do not add up.
  static constexpr int kCallsMax = 200;
  // When no worker was lent or came back for so long, their work is slow. Each caller that waits
  // holds a request's thread, of which there are sixteen by default: then no more than so many
  // wait, so that slow documents do not stop everything else.
  static constexpr std::int64_t kSlowMs = 2'000;
  static constexpr int kSlowWaitingMax = 6;
  // Idle workers give their memory back after this.
  static constexpr std::int64_t kIdleMaxMs = 10'000;

  ProcessPool(ZygoteSettings settings, UniqueFd image, int workers_max);
  ~ProcessPool();
  ProcessPool(const ProcessPool&) = delete;
  ProcessPool& operator=(const ProcessPool&) = delete;

  // Waits until the plugin runs; throws Error with the reason why it does not.
  void wait_ready();

  // A worker for one call. Waits for one to come free until `deadline_ms` (steady clock); throws
  // Error "worker.busy" then, or sooner when the work is slow and enough others wait, and
  // "worker.unavailable" when none can be made.
  HostedWorker take(std::int64_t deadline_ms);
  void give_back(HostedWorker worker);
  // Ends a worker that is not to serve again, and tells how it ended.
  WorkerEnd end(HostedWorker worker);
  std::string take_last_line() { return log_.take_last_line(); }

 private:
  void ensure_zygote();
  HostedWorker fork_worker();
  void keep();
  void end_idle(std::int64_t before_ms);
  void drop_zygote();
  bool wait_for_free(std::unique_lock<std::mutex>& lock, std::int64_t deadline_ms);

  const ZygoteSettings settings_;
  const UniqueFd image_;
  const int workers_max_;
  WorkerLog log_;

  std::mutex zygote_mutex_;  // one question to the zygote at a time
  std::unique_ptr<ZygoteClient> zygote_;
  int generation_ = 0;
  std::int64_t next_start_ms_ = 0;  // not before; steady clock
  std::int64_t backoff_ms_ = 0;

  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<HostedWorker> idle_;
  int count_ = 0;    // idle and lent
  int waiting_ = 0;  // callers
  std::int64_t moved_ms_ = 0;  // when a worker was last lent or came back
  bool stopping_ = false;

  UniqueFd wake_;  // eventfd: the keeper looks again
  std::thread keeper_;
};

std::int64_t steady_ms();

}  // namespace cinnabar::kernel
