// ForkedWorker: the one worker of a hosted plugin in a command. Forked from this very process,
// which saves the start of another, it inherits this process's memory: it is for a process that
// holds no secret (PluginSettings::fork_workers). What a worker of the pool may not do, this one
// may not either: it gives up the environment, the files, its user, the network and its system
// calls by the same steps before it sees a stranger's bytes.
// Owned by a process instance; any thread, one call at a time.
#pragma once

#include "kernel/plugin/worker_log.hpp"
#include "kernel/plugin/worker_source.hpp"

#include <mutex>
#include <optional>

namespace cinnabar::kernel {

class ForkedWorker final : public WorkerSource {
 public:
  // A copy of a process with several threads may hold locks that nobody opens.
  static bool possible();

  // Forks at once, so that the plugin loads while the command goes on. Throws Error
  // "worker.unavailable".
  ForkedWorker(ZygoteSettings settings, UniqueFd image);
  ~ForkedWorker() override;
  ForkedWorker(const ForkedWorker&) = delete;
  ForkedWorker& operator=(const ForkedWorker&) = delete;

  // Waits for nothing: the first call tells whether the plugin runs.
  void wait_ready() override {}
  HostedWorker take(std::int64_t deadline_ms) override;
  void give_back(HostedWorker worker) override;
  WorkerEnd end(HostedWorker worker) override;
  std::string take_last_line() override { return log_.take_last_line(); }

 private:
  HostedWorker fork_worker();
  [[noreturn]] void become_worker(const UniqueFd& socket, int parent);
  void read_log();
  Error unavailable(const std::string& detail) const;

  const ZygoteSettings settings_;
  const UniqueFd image_;
  UniqueFd log_pipe_;
  UniqueFd log_end_;  // the worker's side
  std::mutex mutex_;
  WorkerLog log_;
  std::optional<HostedWorker> idle_;
  bool lent_ = false;
};

}  // namespace cinnabar::kernel
