// Breaker: a script that keeps breaking its limits is not started again for a while, so that it
// costs nothing. What it guards stays closed meanwhile. A new version of the script starts afresh.
// Time comes from outside. Any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace cinnabar::hooks {

// So many broken limits ...
inline constexpr int kBreakerFailures = 3;
// ... within this time open the breaker ...
inline constexpr std::int64_t kBreakerWindowMs = 30'000;
// ... for this long, and twice as long each time that the one trial afterwards fails, at most:
inline constexpr std::int64_t kBreakerOpenMs = 5'000;
inline constexpr std::int64_t kBreakerOpenMaxMs = 60'000;
// Entries exist for scripts that failed lately; more of them than this are forgotten together.
inline constexpr std::size_t kBreakerEntriesMax = 10'000;

class Breaker {
 public:
  // Whether a run may start. After the breaker was open, it is the one trial.
  bool allows(const std::string& key, const std::string& version, std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.version != version) return true;
    Entry& entry = found->second;
    if (entry.open_ms == 0) return true;
    if (now_ms < entry.refuses_until_ms) return false;
    entry.refuses_until_ms = now_ms + entry.open_ms;
    return true;
  }

  void succeeded(const std::string& key) {
    const std::lock_guard lock(mutex_);
    entries_.erase(key);
  }

  void failed(const std::string& key, const std::string& version, std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= kBreakerEntriesMax && !entries_.contains(key)) entries_.clear();
    Entry& entry = entries_[key];
    if (entry.version != version) entry = Entry{version, 0, now_ms, 0, 0};
    if (now_ms - entry.window_ms > kBreakerWindowMs && entry.open_ms == 0) {
      entry.failures = 0;
      entry.window_ms = now_ms;
    }
    if (++entry.failures < kBreakerFailures) return;
    entry.open_ms =
        entry.open_ms == 0 ? kBreakerOpenMs : std::min(entry.open_ms * 2, kBreakerOpenMaxMs);
    entry.refuses_until_ms = now_ms + entry.open_ms;
  }

 private:
  struct Entry {
    std::string version;
    int failures = 0;
    std::int64_t window_ms = 0;         // when the counting began
    std::int64_t open_ms = 0;           // how long it opens for; 0: it is not open
    std::int64_t refuses_until_ms = 0;  // no run before
  };

  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace cinnabar::hooks
