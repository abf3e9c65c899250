// For tests: something that happens on another thread, waited for without sleeping. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace cinnabar::kernel {

// Values in the order in which threads gave them.
template <class T>
class Heard {
 public:
  void add(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    added_.notify_all();
  }
  // The values, once there are that many; what there is after ten seconds.
  std::vector<T> wait(std::size_t count) {
    reached(count, std::chrono::seconds(10));
    const std::lock_guard lock(mutex_);
    return values_;
  }
  bool reached(std::size_t count, std::chrono::milliseconds within) {
    std::unique_lock lock(mutex_);
    return added_.wait_for(lock, within, [&] { return values_.size() >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable added_;
  std::vector<T> values_;
};

}  // namespace cinnabar::kernel
