// WriteMark: a row of this process in the table mysql_writer, whose number rises by one in every
// group that it commits. It answers what became of a COMMIT that nobody answered. Owned by
// GroupWriter; one thread at a time.
//
// With n the last number known: n + 1 in the table says that the group was committed. Otherwise
// n + 2 is written, and once that is committed the group can never be: its own change of this
// row would come second, on this node or, by certification, on any other. Looking alone would
// not do, as the server may still be at work on the COMMIT whose answer was lost.
#pragma once

#include "connection.hpp"

#include <cstdint>

namespace cinnabar::mysql {

// 32 hex digits.
std::string random_id();

class WriteMark {
 public:
  enum class Answer { committed, not_committed, unknown };

  static Outcome make_table(Connection& connection);

  // Makes the row when there is none yet, or none that is known; before the transaction.
  Outcome enter(Connection& connection);
  // The first statement of a group's transaction; it must change one row.
  std::string raising() const;
  // The last one, in a round trip of its own: `again` when the row is not raised, because what
  // raised it is undone. On Galera a transaction that lost to another node's may be undone between
  // two statements of one text without an error, and the rest begins a new one.
  Outcome verify(Connection& connection);
  void committed() { ++number_; }

  // Over a connection opened since. unknown: it failed as well; ask again.
  Answer resolve(Connection& connection);
  // Nobody knows the number any more: the next group gets a row of its own.
  void forget() { id_.clear(); }

 private:
  std::string id_;  // random; empty: no row yet
  std::int64_t number_ = 0;
};

}  // namespace cinnabar::mysql
