#include "shadow_lane.hpp"

#include "slow_lane.hpp"

namespace cinnabar::hooks {

bool ShadowLane::add(const std::string& owner, Work work) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || count_ >= kShadowsMax) return false;
  std::deque<Work>& queue = waiting_[owner];
  if (queue.size() >= kShadowsOfOwnerMax) return false;
  if (queue.empty() && owner != running_) turns_.push_back(owner);
  queue.push_back(std::move(work));
  ++count_;
  if (!thread_.joinable())
    thread_ = std::thread([this] {
      take_lowest_priority();
      serve();
    });
  added_.notify_one();
  return true;
}

void ShadowLane::settle(const std::string& owner, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  done_.wait_for(lock, patience, [&] { return running_ != owner && !waiting_.contains(owner); });
}

void ShadowLane::serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    added_.wait(lock, [&] { return stopping_ || !turns_.empty(); });
    if (turns_.empty()) return;
    const std::string owner = std::move(turns_.front());
    turns_.pop_front();
    std::deque<Work>& queue = waiting_[owner];
    Work work = std::move(queue.front());
    queue.pop_front();
    running_ = owner;
    lock.unlock();
    work(stopping_);
    work = nullptr;
    lock.lock();
    running_.clear();
    --count_;
    if (queue.empty())
      waiting_.erase(owner);
    else
      turns_.push_back(owner);
    done_.notify_all();
  }
}

void ShadowLane::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  added_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace cinnabar::hooks
