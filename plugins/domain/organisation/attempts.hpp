// Attempts: counts failures in a row and makes the next try wait, so that guessing is slow.
//
// Durable, one counter a key (a mobile number, a person's credential). Tries that run at the same
// time meet at the counter's row: one is counted, the others are computed again and see it. Values
// of one call; not shared between threads.
#pragma once

#include "rows.hpp"

namespace cinnabar {

// So many mistakes are free; then the wait doubles from the first to the last.
inline constexpr int kFreeFailures = 5;
inline constexpr std::int64_t kFirstWaitMs = 30'000;
inline constexpr std::int64_t kLastWaitMs = 15 * 60'000;
// Failures older than this are forgotten.
inline constexpr std::int64_t kForgetMs = 60 * 60'000;

// How long from the last failure on no try is taken.
std::int64_t wait_after_ms(int failures);

class Attempts {
 public:
  Attempts(const Host& host, const Call& call, std::string_view key);

  // Throws "organisation.too_many_attempts" with the seconds to wait.
  void require_allowed() const;
  void failed(WriteSet& writes) const;
  void succeeded(WriteSet& writes) const;

 private:
  Store store_;
  std::string id_;
  Time now_;
  std::optional<AttemptRow> row_;
};

}  // namespace cinnabar
