#include "kernel/db/expired_rows.hpp"

#include "kernel/blob/blobs.hpp"
#include "kernel/log/log.hpp"

namespace cinnabar::kernel {

bool ExpiredRows::sweep() {
  const std::int64_t now = clocks_.real_ms();
  if (now < next_ms_) return false;
  next_ms_ = now + kSweepPauseMs;
  try {
    const bool more_sessions = delete_batch("kernel_session", "expires", now);
    const bool more_answers = delete_batch("kernel_idempotency", "at", now - kIdempotencyKeptMs);
    allow_blobs_again(now);
    if (!more_sessions && !more_answers) return false;
    next_ms_ = 0;
    return true;
  } catch (const std::exception& error) {
    log_warning("expired rows cannot be deleted now", {{"detail", error.what()}});
    return false;
  }
}

// Who asks for a blob that was removed an hour ago brings it anew. See kernel/blob/blobs.hpp.
void ExpiredRows::allow_blobs_again(std::int64_t now_ms) {
  const Json since(kBlobForbiddenMs - now_ms);
  if (db_.query_value("SELECT COUNT(*) FROM kernel_blob WHERE orphan < 0 AND orphan > ?", {since})
          .integer() == 0)
    return;
  Commit commit;
  commit.kernel_statements.push_back(
      {"DELETE FROM kernel_blob WHERE orphan < 0 AND orphan > ?", {since}, -1, {}});
  committer_.commit(std::move(commit));
}

// Deletes up to a time instead of naming the rows: neither SQLite nor MariaDB takes every form of
// a limited DELETE, and a row whose time was moved on meanwhile stays.
bool ExpiredRows::delete_batch(const std::string& table, const std::string& time_column,
                               std::int64_t until_ms) {
  const Rows oldest = db_.query("SELECT COUNT(*), MAX(" + time_column + ") FROM (SELECT " +
                                    time_column + " FROM " + table + " WHERE " + time_column +
                                    " <= ? ORDER BY " + time_column + " LIMIT ?) AS oldest",
                                {until_ms, kSweepBatchSize});
  const std::int64_t count = oldest.rows.at(0)[0].integer();
  if (count == 0) return false;
  Commit commit;
  commit.kernel_statements.push_back({"DELETE FROM " + table + " WHERE " + time_column + " <= ?",
                                      {oldest.rows[0][1].integer()},
                                      -1,
                                      {}});
  committer_.commit(std::move(commit));
  return count == kSweepBatchSize;
}

}  // namespace cinnabar::kernel
