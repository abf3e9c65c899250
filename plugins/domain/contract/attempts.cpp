#include "attempts.hpp"

namespace cinnabar::contract {

Attempts::Attempts(const Host& host, const Call& call, std::string person, std::string method)
    : store_(host, call, {}), now_(host.now(Clock::real)) {
  auto row = store_.find(kAttempts, "person = ? AND method = ?", {person, method});
  stored_ = row.has_value();
  if (stored_)
    row_ = std::move(*row);
  else
    row_ = {std::move(person), std::move(method), 0, now_, {}, 0, 1};
}

void Attempts::require_allowed() const {
  if (row_.blocked_until.ms <= now_.ms) return;
  throw Error("contract.authentication_blocked",
              {{"method", row_.method},
               {"most", std::to_string(kFailuresMax)},
               {"until", to_rfc3339(row_.blocked_until)}});
}

// A count that is older than its window, or that has led to a block, begins anew.
int Attempts::failures() const {
  const bool over = row_.blocked_until.ms > 0 || now_.ms - row_.since.ms >= kFailureWindowMs;
  return over ? 0 : row_.failures;
}

int Attempts::left_after_failure() const { return kFailuresMax - failures() - 1; }

void Attempts::failed(WriteSet& writes) const {
  AttemptRow next = row_;
  next.failures = failures() + 1;
  if (next.failures == 1) next.since = now_;
  next.blocked_until = next.failures < kFailuresMax ? Time{} : Time{now_.ms + kBlockMs};
  replace(writes, std::move(next));
}

void Attempts::succeeded(WriteSet& writes) const {
  if (stored_ && row_.failures == 0) {
    writes.run(
        "UPDATE contract_attempt SET accepted = accepted + 1 "
        "WHERE person = ? AND method = ? AND version = ?",
        {row_.person, row_.method, row_.version}, 1);
    return;
  }
  AttemptRow next = row_;
  next.failures = 0;
  next.blocked_until = {};
  replace(writes, std::move(next));
}

void Attempts::replace(WriteSet& writes, AttemptRow next) const {
  if (!stored_) return store_.insert(writes, kAttempts, next);
  writes.run(
      "UPDATE contract_attempt SET failures = ?, since = ?, blocked_until = ?, version = ? "
      "WHERE person = ? AND method = ? AND version = ?",
      {next.failures, next.since.ms, next.blocked_until.ms, row_.version + 1, row_.person,
       row_.method, row_.version},
      1);
}

}  // namespace cinnabar::contract
