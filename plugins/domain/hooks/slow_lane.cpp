#include "slow_lane.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace cinnabar::hooks {

// Linux keeps the nice value of each thread apart. It needs no privilege, and unlike SCHED_IDLE it
// leaves a short run its turn even when all processors are busy.
void take_lowest_priority() {
  constexpr int kLowest = 19;
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kLowest);
}

SlowLane::~SlowLane() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto& [owner, lane] : lanes_)
      for (auto& task : lane.waiting) task->cancelled = true;
  }
  ready_changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void SlowLane::start_threads() {
  while (threads_.size() < thread_count_)
    threads_.emplace_back([this] {
      take_lowest_priority();
      serve();
    });
}

SlowLane::End SlowLane::run(const std::string& owner, std::chrono::milliseconds patience,
                            Work work) {
  if (patience.count() <= 0) return End::late;
  const auto until = std::chrono::steady_clock::now() + patience;
  const auto task = std::make_shared<Task>();
  task->work = std::move(work);
  std::unique_lock lock(mutex_);
  start_threads();
  Lane& lane = lanes_[owner];
  if (lane.waiting.size() >= (lane.running ? kSlowLaneQueueMax : kSlowLaneQueueMax + 1))
    return End::busy;
  if (!lane.running && lane.waiting.empty()) ready_.push_back(owner);
  lane.waiting.push_back(task);
  ready_changed_.notify_one();
  if (task_finished_.wait_until(lock, until, [&] { return task->finished; })) return End::done;
  task->cancelled = true;
  // If it has not begun, a thread will find it cancelled when its turn comes.
  return End::late;
}

void SlowLane::serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    ready_changed_.wait(lock, [&] { return stopping_ || !ready_.empty(); });
    if (stopping_) return;
    const std::string owner = std::move(ready_.front());
    ready_.pop_front();
    Lane& lane = lanes_[owner];
    const std::shared_ptr<Task> task = lane.waiting.front();
    lane.waiting.pop_front();
    lane.running = true;
    lock.unlock();
    if (!task->cancelled) task->work(task->cancelled);
    lock.lock();
    task->finished = true;
    task_finished_.notify_all();
    lane.running = false;
    if (!lane.waiting.empty())
      ready_.push_back(owner);
    else
      lanes_.erase(owner);
  }
}

}  // namespace cinnabar::hooks
