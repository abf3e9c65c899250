// Fault: what an error number of MariaDB, or of the library that talks to it, asks of the driver.
// A table; pure, any thread.
#pragma once

#include <cinnabar/abi.h>

#include <string>

namespace cinnabar::mysql {

enum class Fault {
  none,
  conflict,  // a guard or a unique key: this transaction's own affair, the caller computes again
  again,     // deadlock, lost certification: the whole transaction is dead, run it again
  away,      // this server, or the way to it, is gone: connect again, maybe to another
  full,      // disk, memory, read-only: nothing can be written now
  stale,     // a prepared statement that the server forgot: prepare it again
  denied,    // user, password or rights: asking again changes nothing
  failed     // the statement is wrong
};

Fault fault_of(int error_number);

// How a statement ended: a value, because a failed guard is an everyday outcome.
struct Outcome {
  Fault fault = Fault::none;
  std::string detail;
  bool ok() const { return fault == Fault::none; }
};

// What the kernel is told when the driver does not try any longer.
cinnabar_status status_of(Fault fault);

}  // namespace cinnabar::mysql
