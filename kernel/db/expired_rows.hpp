// ExpiredRows: deletes what nobody will ask for again: sessions that have ended, answers to
// requests that are not repeated any more, prohibitions to name a removed blob. In batches that
// hold up no other commit noticeably. Several processes may do it over one database. Used by one
// thread, the one that calls sweep.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/db/committer.hpp"

namespace cinnabar::kernel {

// A client repeats a request within minutes, a queue that stood still over a long weekend within
// days; after a week a key is a new one.
inline constexpr std::int64_t kIdempotencyKeptMs = 7LL * 24 * 3'600'000;
// Expired rows are refused or ignored where they are read; deleting them only saves space, hence
// seldom.
inline constexpr std::int64_t kSweepPauseMs = 3'600'000;
// Rows that one statement deletes: some milliseconds' work for the one writer.
inline constexpr std::int64_t kSweepBatchSize = 1'000;

class ExpiredRows {
 public:
  ExpiredRows(Db& db, Committer& committer, const Clocks& clocks)
      : db_(db), committer_(committer), clocks_(clocks) {}

  // At the first call, and kSweepPauseMs after a sweep, deletes a batch of each table. True: there
  // is more, call again soon. Does not throw; what fails is logged and left to the next sweep.
  bool sweep();

 private:
  void allow_blobs_again(std::int64_t now_ms);
  bool delete_batch(const std::string& table, const std::string& time_column,
                    std::int64_t until_ms);

  Db& db_;
  Committer& committer_;
  const Clocks& clocks_;
  std::int64_t next_ms_ = 0;  // real clock
};

}  // namespace cinnabar::kernel
