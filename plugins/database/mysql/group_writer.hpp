// GroupWriter: commits groups of transactions over one connection, each group as one transaction
// of the database. Owned by MysqlDatabase; calls one at a time.
//
// A transaction is dead at its first error, whatever a later COMMIT would say: there are no
// savepoints. When a guard of the i-th fails, the group is rolled back, what stood before it is
// run and committed again, then what stood behind it. A deadlock or a lost certification runs
// the same again. When nobody answers a COMMIT, its outcome is looked up: see write_mark.hpp.
#pragma once

#include "servers.hpp"
#include "write_mark.hpp"

#include <chrono>

namespace cinnabar::mysql {

class GroupWriter {
 public:
  // Whatever takes longer than `patience` ends as unavailable.
  GroupWriter(const Servers& servers, std::chrono::milliseconds patience)
      : servers_(servers), patience_(patience) {}

  void commit(const cinnabar_transaction* transactions, std::size_t count,
              cinnabar_outcome* outcomes);

 private:
  using Clock = std::chrono::steady_clock;

  struct Range {  // of the group's transactions
    std::size_t first = 0;
    std::size_t last = 0;
  };
  struct Attempt {
    Outcome outcome;
    bool decided = true;  // false: a COMMIT went out and nobody knows what became of it
    std::size_t transaction = 0;
    std::size_t statement = 0;
  };

  Outcome open();
  Attempt run(const cinnabar_transaction* transactions, Range range);
  Attempt run_statements(const cinnabar_transaction* transactions, Range range);
  Attempt run_again(const cinnabar_transaction* transactions, Range range, Clock::time_point end);
  Outcome look_up(Clock::time_point end);

  const Servers& servers_;
  const std::chrono::milliseconds patience_;
  std::unique_ptr<Connection> connection_;  // null: there is none now
  WriteMark mark_;
  bool away_ = false;  // the last group found no server: the next one does not wait for it
};

}  // namespace cinnabar::mysql
