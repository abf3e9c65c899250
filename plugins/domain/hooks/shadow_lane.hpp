// ShadowLane: what shadows do, on one thread of the lowest priority, after the decision was given:
// nobody waits for it, and it takes no place of what decides. Owners take turns; where too much
// waits, more is not taken. Owned by the hook office; any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace cinnabar::hooks {

// Each holds an input of up to some megabytes.
inline constexpr std::size_t kShadowsOfOwnerMax = 20, kShadowsMax = 100;

class ShadowLane {
 public:
  // Must not throw. `cancelled`: the server stops, no script is to be run any more.
  using Work = std::function<void(const std::atomic<bool>& cancelled)>;

  ShadowLane() = default;
  ~ShadowLane() { stop(); }
  ShadowLane(const ShadowLane&) = delete;
  ShadowLane& operator=(const ShadowLane&) = delete;

  // Whether it was taken.
  bool add(const std::string& owner, Work work);
  // Waits until what was taken from the owner is done, or for so long.
  void settle(const std::string& owner, std::chrono::milliseconds patience);
  // What waits is called as cancelled; the thread ends.
  void stop();

 private:
  void serve();

  std::mutex mutex_;
  std::condition_variable added_, done_;
  std::map<std::string, std::deque<Work>> waiting_;  // owners with something to do
  std::deque<std::string> turns_;                    // they, in turn; not who runs
  std::string running_;                              // whose work runs; empty: nobody's
  std::size_t count_ = 0;
  std::atomic<bool> stopping_{false};
  std::thread thread_;  // started when first needed
};

}  // namespace cinnabar::hooks
