// Batch: statements of a group that go to the server together, in as few round trips as their
// size allows, and are judged one by one. Made for one attempt; one thread.
//
// The server stops at the first error. A guard that counts wrong is seen only afterwards, when
// later statements have run already: the caller rolls back in either case. What each changed is
// gathered in a variable of the session, as the connector tells it of the first statement only.
#pragma once

#include "connection.hpp"

#include <vector>

namespace cinnabar::mysql {

class Batch {
 public:
  // opening: the first statement of the transaction, which must change one row.
  Batch(Connection& connection, const std::string& opening);

  // Sends what is full. Not ok: the statement `failed()`, counted from 0, did not do as expected.
  Outcome add(const cinnabar_statement& statement);
  // Sends the rest; nothing was sent for sure before.
  Outcome finish();
  std::size_t failed() const { return failed_; }
  bool opened() const { return opened_; }  // false after a failure: the opening was at fault

 private:
  struct Expected {
    std::int64_t rows = -1;
    bool replaces = false;
  };

  Outcome send();
  Outcome judge(std::string_view counts, Outcome outcome);

  Connection& connection_;
  std::string text_;                // to be sent
  std::vector<Expected> expected_;  // of the statements in the text
  std::size_t sent_ = 0;            // statements of the texts before
  std::size_t failed_ = 0;
  bool opened_ = false;
};

}  // namespace cinnabar::mysql
