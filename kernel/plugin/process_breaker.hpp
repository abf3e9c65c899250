// CircuitBreaker: an enterprise whose calls to a hosted plugin keep ending in crashes, hangs or
// used-up limits is refused at once for a while, ever longer, and then tried with one call. Other
// enterprises that use the same plugin notice nothing. Owned by a process instance; any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace cinnabar::kernel {

class CircuitBreaker {
 public:
  // So many failures in a row are taken for bad luck.
  static constexpr int kFailuresMax = 5;
  static constexpr std::int64_t kRestFirstMs = 500;
  static constexpr std::int64_t kRestMaxMs = 30'000;

  enum class Outcome { none, answered, failed };

  // How long the owner still rests, in milliseconds; 0: the call may be made, and ended() must
  // follow it. Times are of a steady clock.
  std::int64_t begin(const std::string& owner, std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    const auto found = owners_.find(owner);
    if (found == owners_.end() || found->second.failures < kFailuresMax) return 0;
    State& state = found->second;
    if (now_ms < state.until_ms) return state.until_ms - now_ms;
    if (state.trying) return state.rest_ms;
    state.trying = true;
    return 0;
  }

  void ended(const std::string& owner, Outcome outcome, std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    const auto found = owners_.find(owner);
    if (outcome == Outcome::answered && found != owners_.end()) owners_.erase(found);
    if (outcome == Outcome::none && found != owners_.end()) found->second.trying = false;
    if (outcome != Outcome::failed) return;
    State& state = owners_[owner];
    state.trying = false;
    if (++state.failures < kFailuresMax) return;
    state.rest_ms = std::clamp(state.rest_ms * 2, kRestFirstMs, kRestMaxMs);
    state.until_ms = now_ms + state.rest_ms;
  }

 private:
  struct State {
    int failures = 0;  // in a row
    bool trying = false;
    std::int64_t rest_ms = 0;
    std::int64_t until_ms = 0;
  };
  std::mutex mutex_;
  std::map<std::string, State, std::less<>> owners_;  // only those whose last call failed
};

}  // namespace cinnabar::kernel
