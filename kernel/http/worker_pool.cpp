#include "kernel/http/worker_pool.hpp"

namespace cinnabar::kernel {

WorkerPool::WorkerPool(int threads, int queue_max)
    : queue_max_(static_cast<std::size_t>(queue_max)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { loop(); });
}

WorkerPool::~WorkerPool() { stop(); }

bool WorkerPool::try_run(Work work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= queue_max_) return false;
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::run(Work work) {
  {
    const std::lock_guard lock(mutex_);
    begun_.push_back(std::move(work));
  }
  wake_.notify_one();
}

void WorkerPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

int WorkerPool::queued() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(queue_.size() + begun_.size());
}

int WorkerPool::working() const {
  const std::lock_guard lock(mutex_);
  return working_;
}

void WorkerPool::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !begun_.empty() || !queue_.empty(); });
    std::deque<Work>& from = begun_.empty() ? queue_ : begun_;
    if (from.empty()) return;
    Work work = std::move(from.front());
    from.pop_front();
    ++working_;
    lock.unlock();
    work();
    work = nullptr;  // what it captured goes before the lock is held again
    lock.lock();
    --working_;
  }
}

}  // namespace cinnabar::kernel
