#include "group_writer.hpp"

#include "batch.hpp"

#include <cinnabar/error.hpp>

#include <algorithm>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

namespace cinnabar::mysql {

namespace {

// How often a group is run again before it is divided, or its one transaction is told that the
// data moved: on a busy cluster a second attempt nearly always succeeds.
constexpr int kRerunsMax = 8;
// The longest pauses before the same is run again, and before a server is looked for again.
constexpr int kRerunPauseMaxMs = 64;
constexpr int kAwayPauseMaxMs = 500;

void set_outcome(cinnabar_outcome& out, const Outcome& outcome, std::size_t failed_statement) {
  out.status = status_of(outcome.fault);
  out.failed_statement = failed_statement;
  const std::size_t size = std::min(outcome.detail.size(), sizeof out.detail - 1);
  std::memcpy(out.detail, outcome.detail.data(), size);
  out.detail[size] = '\0';
}

// Nodes that collided once must not do so again in step: the pause is random, and its end grows.
void pause(int attempts, int max_ms) {
  static thread_local std::minstd_rand random(std::random_device{}());
  const int most = std::min(max_ms, 1 << std::min(attempts, 10));
  std::this_thread::sleep_for(std::chrono::milliseconds(1 + static_cast<int>(random()) % most));
}

bool is_final(Fault fault) {
  return fault != Fault::again && fault != Fault::away && fault != Fault::stale;
}

}  // namespace

Outcome GroupWriter::open() {
  if (connection_) return {};
  try {
    connection_ = servers_.open(Connection::Access::write);
    return {};
  } catch (const Error& error) {
    const bool later = error.status() == CINNABAR_UNAVAILABLE;
    return {later ? Fault::away : Fault::denied, error.what()};
  }
}

GroupWriter::Attempt GroupWriter::run_statements(const cinnabar_transaction* transactions,
                                                 Range range) {
  Attempt attempt;
  Batch batch(*connection_, mark_.raising());
  for (std::size_t t = range.first; attempt.outcome.ok() && t < range.last; ++t)
    for (std::size_t s = 0; attempt.outcome.ok() && s < transactions[t].statement_count; ++s)
      attempt.outcome = batch.add(transactions[t].statements[s]);
  if (attempt.outcome.ok()) attempt.outcome = batch.finish();
  if (attempt.outcome.fault == Fault::conflict && !batch.opened()) {
    attempt.outcome.fault = Fault::again;
    mark_.forget();
  }
  attempt.transaction = range.first;
  attempt.statement = batch.failed();
  while (attempt.transaction + 1 < range.last &&
         attempt.statement >= transactions[attempt.transaction].statement_count)
    attempt.statement -= transactions[attempt.transaction++].statement_count;
  return attempt;
}

GroupWriter::Attempt GroupWriter::run(const cinnabar_transaction* transactions, Range range) {
  Attempt attempt;
  attempt.transaction = range.first;
  attempt.outcome = open();
  if (attempt.outcome.ok()) attempt.outcome = mark_.enter(*connection_);
  if (!attempt.outcome.ok()) return attempt;
  attempt = run_statements(transactions, range);
  if (attempt.outcome.ok())
    attempt.outcome = mark_.verify(*connection_);
  else if (status_of(attempt.outcome.fault) != CINNABAR_UNAVAILABLE &&
           mark_.verify(*connection_).fault == Fault::again)
    attempt.outcome.fault = Fault::again;  // it failed because what stood before it was undone
  if (!attempt.outcome.ok()) {
    if (!connection_->run("ROLLBACK").ok()) connection_.reset();
    return attempt;
  }
  attempt.outcome = connection_->run("COMMIT");
  if (attempt.outcome.ok()) {
    mark_.committed();
    return attempt;
  }
  // Only a deadlock is known to have undone it.
  attempt.decided = attempt.outcome.fault == Fault::again;
  if (!attempt.decided || !connection_->run("ROLLBACK").ok()) connection_.reset();
  return attempt;
}

// What became of the COMMIT that nobody answered: none when the group is committed, `again` when
// it is not and never will be, `away` when that could not be found out.
Outcome GroupWriter::look_up(Clock::time_point end) {
  for (int tries = 0;; ++tries) {
    Outcome outcome = open();
    if (outcome.ok()) {
      const WriteMark::Answer answer = mark_.resolve(*connection_);
      if (answer == WriteMark::Answer::committed) return {};
      if (answer == WriteMark::Answer::not_committed) return {Fault::again, "not committed"};
      connection_.reset();
    }
    if (outcome.fault == Fault::denied || Clock::now() >= end) break;
    pause(tries, kAwayPauseMaxMs);
  }
  mark_.forget();
  return {Fault::away, "the outcome of a commit is unknown: the database does not answer"};
}

GroupWriter::Attempt GroupWriter::run_again(const cinnabar_transaction* transactions, Range range,
                                            Clock::time_point end) {
  int reruns = 0, searches = 0;
  for (;;) {
    Attempt attempt = run(transactions, range);
    if (!attempt.decided) {
      attempt.outcome = look_up(end);
      // Unknown is final: running it again might do it twice.
      if (attempt.outcome.fault != Fault::again) return attempt;
    }
    if (is_final(attempt.outcome.fault)) return attempt;
    if (attempt.outcome.fault == Fault::away) {
      connection_.reset();
      if (Clock::now() >= end) return attempt;
      pause(++searches, kAwayPauseMaxMs);
    } else {
      if (++reruns >= kRerunsMax) return attempt;
      pause(reruns, kRerunPauseMaxMs);
    }
  }
}

void GroupWriter::commit(const cinnabar_transaction* transactions, std::size_t count,
                         cinnabar_outcome* outcomes) {
  const auto end = Clock::now() + (away_ ? std::chrono::milliseconds(0) : patience_);
  away_ = false;
  std::vector<Range> rest{{0, count}};  // the next one last
  while (!rest.empty()) {
    const Range range = rest.back();
    rest.pop_back();
    if (range.first == range.last) continue;
    const Attempt attempt = run_again(transactions, range, end);
    const Fault fault = attempt.outcome.fault;
    if (fault == Fault::away || fault == Fault::full || fault == Fault::denied) {
      away_ = fault == Fault::away;
      const Outcome outcome{fault == Fault::denied ? Fault::away : fault, attempt.outcome.detail};
      for (std::size_t t = range.first; t < count; ++t) set_outcome(outcomes[t], outcome, 0);
      return;
    }
    if (fault == Fault::none) {
      for (std::size_t t = range.first; t < range.last; ++t) set_outcome(outcomes[t], {}, 0);
    } else if (fault == Fault::again && range.last - range.first > 1) {
      const std::size_t middle = range.first + (range.last - range.first) / 2;
      rest.push_back({middle, range.last});
      rest.push_back({range.first, middle});
    } else {
      set_outcome(outcomes[attempt.transaction], attempt.outcome, attempt.statement);
      rest.push_back({attempt.transaction + 1, range.last});
      rest.push_back({range.first, attempt.transaction});
    }
  }
}

}  // namespace cinnabar::mysql
