// SlowLane: threads of the lowest priority for scripts that need long, one a processor, started
// when first needed. Each owner has one run at a time and a short queue, one more of what it only
// tries out, and owners take turns, so that an enterprise whose scripts never end keeps neither the
// processors nor the request threads of the others. Owned by the hook host; run() from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cinnabar::hooks {

// Each waiting run holds a request's thread; of the sixteen that there are by default, one owner
// may hold three.
inline constexpr std::size_t kSlowLaneQueueMax = 2;

// For the calling thread, to its end.
void take_lowest_priority();

class SlowLane {
 public:
  using Work = std::function<void(const std::atomic<bool>& cancelled)>;
  enum class End {
    done,  // the work ran to its end
    busy,  // the owner's queue is full; it did not run
    late   // the time was over first; the work was cancelled and may still be ending
  };

  static std::size_t usual_threads() { return std::max(2u, std::thread::hardware_concurrency()); }

  explicit SlowLane(std::size_t threads = usual_threads()) : thread_count_(threads) {}
  ~SlowLane();
  SlowLane(const SlowLane&) = delete;
  SlowLane& operator=(const SlowLane&) = delete;

  // Runs the work and waits for its end. The work must own what it uses: after `late` the caller
  // goes on without it.
  End run(const std::string& owner, std::chrono::milliseconds patience, Work work);

 private:
  struct Task {
    Work work;
    std::atomic<bool> cancelled{false};
    bool finished = false;
  };
  struct Lane {
    std::deque<std::shared_ptr<Task>> waiting;
    bool running = false;
  };

  void start_threads();
  void serve();

  const std::size_t thread_count_;
  std::mutex mutex_;
  std::condition_variable ready_changed_;
  std::condition_variable task_finished_;
  std::map<std::string, Lane> lanes_;  // owners with something to do
  std::deque<std::string> ready_;      // of them, those that wait and do not run, in turn
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace cinnabar::hooks
