// What a commit writes, as statements, and their form for a driver. Pure but for the clocks given;
// any thread.
#pragma once

#include "kernel/db/committer.hpp"

namespace cinnabar::kernel {

// Everything of a commit but its events, which are linked when its turn comes.
struct WritePlan {
  std::vector<Statement> statements;
  std::vector<EventDraft> events;
  bool wakes = false;  // holds events or jobs
};

// Finds the table prefix of a plugin that contributed. Throws for an unknown one.
using PrefixOf = std::function<std::string(const std::string& plugin)>;

// Checks the tables of every statement that is not the kernel's own. Throws Error.
WritePlan plan_commit(Commit commit, const Clocks& clocks, const PrefixOf& prefix_of);

// Statements as the boundary has them; refers to the statements, which must stay.
class RawTransaction {
 public:
  explicit RawTransaction(const std::vector<Statement>& statements);
  cinnabar_transaction raw() const { return {statements_.data(), statements_.size()}; }

 private:
  std::vector<cinnabar_value> values_;
  std::vector<cinnabar_statement> statements_;
};

}  // namespace cinnabar::kernel
