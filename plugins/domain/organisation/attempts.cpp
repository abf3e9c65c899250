#include "attempts.hpp"

#include "identity.hpp"

namespace cinnabar {

std::int64_t wait_after_ms(int failures) {
  if (failures < kFreeFailures) return 0;
  std::int64_t wait = kFirstWaitMs;
  for (int i = kFreeFailures; i < failures && wait < kLastWaitMs; ++i) wait *= 2;
  return std::min(wait, kLastWaitMs);
}

Attempts::Attempts(const Host& host, const Call& call, std::string_view key)
    : store_(host, call, {}), id_(sha256_hex(key)), now_(host.now(Clock::real)) {
  row_ = store_.find(kAttempts, "id = ?", {id_});
}

void Attempts::require_allowed() const {
  if (!row_) return;
  const std::int64_t left = row_->last_at.ms + wait_after_ms(row_->failures) - now_.ms;
  if (left > 0)
    throw Error("organisation.too_many_attempts",
                {{"retry_after_s", std::to_string((left + 999) / 1000)}});
}

void Attempts::failed(WriteSet& writes) const {
  const std::int64_t forget_before = now_.ms - kForgetMs;
  if (row_ && row_->last_at.ms >= forget_before) {
    writes.run("UPDATE organisation_attempt SET failures = ?, last_at = ? "
               "WHERE id = ? AND failures = ? AND last_at = ?",
               {row_->failures + 1, now_.ms, id_, row_->failures, row_->last_at.ms}, 1);
    return;
  }
  // What is forgotten goes here, this key's own old row with it, so that the table stays small.
  writes.run("DELETE FROM organisation_attempt WHERE last_at < ?", {forget_before});
  store_.insert(writes, kAttempts, AttemptRow{id_, 1, now_});
}

void Attempts::succeeded(WriteSet& writes) const {
  if (!row_) return;
  writes.run("DELETE FROM organisation_attempt WHERE id = ? AND failures = ? AND last_at = ?",
             {id_, row_->failures, row_->last_at.ms}, 1);
}

}  // namespace cinnabar
