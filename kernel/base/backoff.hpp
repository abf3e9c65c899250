// How long to wait before something that failed is tried again. Pure; any thread.
#pragma once

#include <algorithm>
#include <cstdint>

namespace cinnabar::kernel {

// After the attempt of that number (from 1): one second, twice as long each time, at most ten
// minutes, so that a peer that is down for an hour is met again soon after.
inline std::int64_t backoff_ms(std::int64_t attempt) {
  constexpr std::int64_t kFirstMs = 1'000, kMaxMs = 600'000;
  constexpr std::int64_t kDoublingsMax = 20;
  return std::min(kFirstMs << std::clamp<std::int64_t>(attempt - 1, 0, kDoublingsMax), kMaxMs);
}

// Attempts before something is given up and counts as dead: over about an hour and a half.
inline constexpr std::int64_t kAttemptsMax = 16;

// How often a computation is repeated at once when the data moved underneath.
inline constexpr int kConflictRetriesMax = 5;

}  // namespace cinnabar::kernel
