// Attempts: how often a person answered one authentication method wrongly, over all contracts.
//
// A challenge allows a few tries and a contract a few challenges; contracts are made without end,
// so what keeps a six-digit password safe is this count. It outlives contracts and is written in
// the commit that tells the answer's outcome: answers given at the same time meet at its row, one
// of them counts, the others are judged again after it. Values of one call; not shared between
// threads.
#pragma once

#include "model.hpp"

namespace cinnabar::contract {

// Wrong answers within an hour after which the method is blocked for an hour. Ten forgive a person
// two whole challenges of a password. Whoever stole a session has at most 240 guesses a day at a
// million passwords: one chance in four thousand a day, while the session lasts.
inline constexpr int kFailuresMax = 10;
inline constexpr std::int64_t kFailureWindowMs = 60 * 60'000;
inline constexpr std::int64_t kBlockMs = 60 * 60'000;

class Attempts {
 public:
  Attempts(const Host& host, const Call& call, std::string person, std::string method);

  // Throws contract.authentication_blocked while the method is blocked for the person. To be asked
  // before an answer is judged: a blocked one must not learn whether it is right.
  void require_allowed() const;
  // How many wrong answers are left before the block, after one more.
  int left_after_failure() const;
  void failed(WriteSet& writes) const;
  // Clears the count. Acts that succeed at the same time do not hinder each other, but one that
  // fails meanwhile makes this one be judged again.
  void succeeded(WriteSet& writes) const;

 private:
  int failures() const;
  // Writes `next`, if no failure and no clearing came in between.
  void replace(WriteSet& writes, AttemptRow next) const;

  Store store_;
  Time now_;  // real clock
  AttemptRow row_;
  bool stored_ = false;
};

}  // namespace cinnabar::contract
