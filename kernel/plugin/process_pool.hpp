// ProcessPool: the processes of one hosted plugin. Has workers forked when they are needed, lends
// each to one call at a time, ends those that misbehaved, served long enough or stand idle, and
// starts the zygote anew when it died, ever more slowly while it keeps dying.
// Owned by a process instance; any thread. One thread of its own reads the log and ends idle ones.
#pragma once

#include "kernel/plugin/worker_log.hpp"
#include "kernel/plugin/worker_source.hpp"

#include <condition_variable>
#include <memory>
#include <thread>
#include <vector>

namespace cinnabar::kernel {

// When no worker was lent or came back for `slow_ms`, their work is slow. Each caller that waits
// holds a request's thread, of which there are sixteen by default: then no more than so many wait,
// so that slow documents do not stop everything else.
struct Patience {
  std::int64_t slow_ms = 2'000;
  int slow_waiting_max = 6;
};

class ProcessPool final : public WorkerSource {
 public:
  // A worker is replaced after so many calls: leaks and damage do not add up.
  static constexpr int kCallsMax = 200;
  // Idle workers give their memory back after this.
  static constexpr std::int64_t kIdleMaxMs = 10'000;

  ProcessPool(ZygoteSettings settings, UniqueFd image, int workers_max, Patience patience);
  ~ProcessPool() override;
  ProcessPool(const ProcessPool&) = delete;
  ProcessPool& operator=(const ProcessPool&) = delete;

  void wait_ready() override;
  // Throws "worker.busy" sooner than at the deadline when the work is slow and enough others wait.
  HostedWorker take(std::int64_t deadline_ms) override;
  void give_back(HostedWorker worker) override;
  WorkerEnd end(HostedWorker worker) override;
  std::string take_last_line() override { return log_.take_last_line(); }
  std::int64_t resident_bytes() override;

 private:
  void ensure_zygote();
  HostedWorker fork_worker();
  void keep();
  void end_idle(std::int64_t before_ms);
  bool read_log(int log);
  int keeper_timeout_ms();
  void drop_zygote();
  bool wait_for_free(std::unique_lock<std::mutex>& lock, std::int64_t deadline_ms);

  const ZygoteSettings settings_;
  const UniqueFd image_;
  const int workers_max_;
  const Patience patience_;
  WorkerLog log_;

  std::mutex zygote_mutex_;  // one question to the zygote at a time
  std::unique_ptr<ZygoteClient> zygote_;
  int generation_ = 0;
  std::int64_t next_start_ms_ = 0;  // not before; steady clock
  std::int64_t backoff_ms_ = 0;

  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<HostedWorker> idle_;
  int count_ = 0;              // idle and lent
  int waiting_ = 0;            // callers
  std::int64_t moved_ms_ = 0;  // when a worker was last lent or came back
  bool stopping_ = false;
  bool keeper_sleeps_ = false;  // until it is woken: no worker was idle when it last looked

  UniqueFd wake_;  // eventfd: the keeper looks again
  std::thread keeper_;
};

std::int64_t steady_ms();

}  // namespace cinnabar::kernel
