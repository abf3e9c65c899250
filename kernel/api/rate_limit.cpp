#include "kernel/api/rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace cinnabar::kernel {
namespace {

// Some 10 MB at the most. When so many callers are busy at once, new ones are let through.
constexpr std::size_t kBucketsMax = 100'000;
constexpr double kMsPerMinute = 60'000;

}  // namespace

void RateLimit::refill(Bucket& bucket, std::int64_t now_ms) const {
  const double passed = static_cast<double>(std::max<std::int64_t>(0, now_ms - bucket.at_ms));
  bucket.tokens =
      std::min<double>(per_minute_, bucket.tokens + passed * per_minute_ / kMsPerMinute);
  bucket.at_ms = now_ms;
}

void RateLimit::forget_full(std::int64_t now_ms) {
  std::erase_if(buckets_, [&](const auto& entry) {
    Bucket now = entry.second;
    refill(now, now_ms);
    return now.tokens >= per_minute_;
  });
}

RateLimit::Decision RateLimit::take(const std::string& key, std::int64_t now_ms) {
  Decision decision;
  decision.limit = per_minute_;
  if (!enabled()) return decision;
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= kBucketsMax) forget_full(now_ms);
  if (buckets_.size() >= kBucketsMax && !buckets_.count(key)) return decision;
  Bucket& bucket =
      buckets_.try_emplace(key, Bucket{static_cast<double>(per_minute_), now_ms}).first->second;
  refill(bucket, now_ms);
  decision.allowed = bucket.tokens >= 1;
  if (decision.allowed) bucket.tokens -= 1;
  decision.remaining = static_cast<int>(bucket.tokens);
  const double missing = decision.allowed ? per_minute_ - bucket.tokens : 1 - bucket.tokens;
  decision.seconds = static_cast<int>(std::ceil(missing * 60 / per_minute_));
  return decision;
}

}  // namespace cinnabar::kernel
