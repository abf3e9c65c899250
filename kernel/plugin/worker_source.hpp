// WorkerSource: where a hosted plugin's calls find their workers. A server has a ProcessPool, a
// command that holds no secret a ForkedWorker. Owned by a process instance; any thread.
#pragma once

#include "kernel/plugin/zygote_client.hpp"

namespace cinnabar::kernel {

class WorkerSource {
 public:
  virtual ~WorkerSource() = default;
  // Waits until the plugin runs, where it is worth waiting for; throws Error with the reason why it
  // does not.
  virtual void wait_ready() = 0;
  // A worker for one call. Waits for one to come free until `deadline_ms` (steady clock); throws
  // Error "worker.busy" then, and "worker.unavailable" when none can be made.
  virtual HostedWorker take(std::int64_t deadline_ms) = 0;
  virtual void give_back(HostedWorker worker) = 0;
  // Ends a worker that is not to serve again, and tells how it ended.
  virtual WorkerEnd end(HostedWorker worker) = 0;
  // The newest line that a library wrote, and forgets it: often why a process ended.
  virtual std::string take_last_line() = 0;
  // What its processes hold of the memory now.
  virtual std::int64_t resident_bytes() { return 0; }
};

}  // namespace cinnabar::kernel
