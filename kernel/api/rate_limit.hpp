// RateLimit: token buckets by key (a session, an address). A bucket holds a minute's worth and
// fills evenly. Bounded in memory: full buckets say nothing and are forgotten. Any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace cinnabar::kernel {

class RateLimit {
 public:
  struct Decision {
    bool allowed = true;
    int limit = 0;  // a minute
    int remaining = 0;
    int seconds = 0;  // until the next is allowed, or until the bucket is full again
  };

  explicit RateLimit(int per_minute) : per_minute_(per_minute) {}
  bool enabled() const { return per_minute_ > 0; }
  Decision take(const std::string& key, std::int64_t now_ms);

 private:
  struct Bucket {
    double tokens;
    std::int64_t at_ms;
  };
  void refill(Bucket& bucket, std::int64_t now_ms) const;
  void forget_full(std::int64_t now_ms);

  const int per_minute_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace cinnabar::kernel
