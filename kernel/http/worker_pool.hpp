// WorkerPool: threads for work that blocks, behind a bounded queue. Owned by the HTTP server; any
// thread may hand work in. Work must not throw.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace cinnabar::kernel {

class WorkerPool {
 public:
  using Work = std::function<void()>;

  WorkerPool(int threads, int queue_max);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when as much is waiting as may: the caller turns the work away.
  bool try_run(Work work);
  // For what continues something already begun; never turned away, and served first, so that
  // what was begun ends before more is begun.
  void run(Work work);
  // Ends after everything that waits was done.
  void stop();

  int queued() const;
  int working() const;

 private:
  void loop();

  const std::size_t queue_max_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Work> begun_;
  std::deque<Work> queue_;
  int working_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace cinnabar::kernel
