// ChainHeads: the newest link of each aggregate's chain, for the writer that appends to them.
//
// Links are made before a group is committed, so that several events of one aggregate, in one
// write-set or in several of a group, follow each other. Each write-set guards the head it builds
// on; when an earlier one of the group fails, those that built on it fail too and are linked again
// from what the database says. Used by the committer's writer thread only.
#pragma once

#include "kernel/db/db.hpp"

#include <unordered_map>

namespace cinnabar::kernel {

class ChainHeads {
 public:
  explicit ChainHeads(const Db& db) : db_(db) {}

  struct Head {
    std::int64_t index = 0;  // 0: no event yet
    std::string hash;
  };
  // The aggregates of one write-set with their heads after it.
  using Links = std::vector<std::pair<std::string, Head>>;

  // Appends the statements that store the events and move the guarded heads. Throws Error when a
  // head cannot be read or an event cannot be stored.
  Links link(const std::vector<EventDraft>& events, std::int64_t business_ms, std::int64_t real_ms,
             std::vector<Statement>& statements);
  // How the write-set of these links ended; for each of a group, in its order.
  void ended(const Links& links, bool committed);
  void end_group() { group_.clear(); }

 private:
  Head find(const std::string& aggregate);

  const Db& db_;
  std::unordered_map<std::string, Head> group_;      // as the group that is being made leaves them
  std::unordered_map<std::string, Head> committed_;  // as they are in the database
};

}  // namespace cinnabar::kernel
