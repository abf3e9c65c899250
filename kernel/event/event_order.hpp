// EventOrder: gives every committed event its position, in which subscribers get them.
//
// With several writers the numbers that a database counts up are not seen in their order: an event
// can become visible after one with a higher number, and whoever went on behind that one would
// never see it. So a position is given to what is visible, by a commit that moves the row 'placed'
// of kernel_cursor: positions become visible in their order, without gaps. Events of one chain
// keep its order. May be done by several servers at once; one wins. One thread.
#pragma once

#include "kernel/db/committer.hpp"

namespace cinnabar::kernel {

class EventOrder {
 public:
  EventOrder(Db& db, Committer& committer) : db_(db), committer_(committer) {}

  // Places a batch; how many it placed: none also when another server was quicker. Throws Error.
  std::size_t place();

  static std::int64_t placed(const Db& db);    // the highest position that is given
  static std::int64_t unplaced(const Db& db);  // how many events have none yet

 private:
  Db& db_;
  Committer& committer_;
};

}  // namespace cinnabar::kernel
