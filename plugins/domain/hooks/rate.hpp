// Rate: how often something may happen for each key within a second of the clock. Time comes from
// outside. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace cinnabar::hooks {

// Keys of one second; more of them are forgotten together, in favour of who asks.
inline constexpr std::size_t kRateKeysMax = 10'000;

class Rate {
 public:
  bool allows(const std::string& key, std::int64_t most, std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    if (now_ms / 1000 != second_ || counts_.size() >= kRateKeysMax) {
      counts_.clear();
      second_ = now_ms / 1000;
    }
    return ++counts_[key] <= most;
  }

 private:
  std::mutex mutex_;
  std::int64_t second_ = -1;
  std::map<std::string, std::int64_t> counts_;
};

}  // namespace cinnabar::hooks
