// cinnabar.transparency-log/1: proofs that events are in the installation's log, and that the log
// was only ever appended to. An entry is the hash of one event (32 raw bytes, as the event's chain
// has it); the tree is that of RFC 6962. Thread-safety: any thread.
#pragma once

#include <cinnabar/service.hpp>

namespace cinnabar {

struct LogProofRequest {
  std::vector<std::string> events;  // ids
};
CINNABAR_DESCRIBE(LogProofRequest, (events, items(0, 100'000)))

// A signed state of the log (c2sp.org/tlog-checkpoint).
struct LogCheckpoint {
  std::string note;
  std::int64_t size = 0;
  std::string root;  // hex
};
CINNABAR_DESCRIBE(LogCheckpoint, note, size, root)

struct LogInclusion {
  std::string event;
  std::int64_t index = 0;
  std::vector<std::string> hashes;  // hex, from the leaf to the root
};
CINNABAR_DESCRIBE(LogInclusion, event, index, (hashes, items(0, 64)))

struct LogProof {
  std::string key;  // verifier key (c2sp.org/signed-note)
  LogCheckpoint checkpoint;  // as the log is now
  std::vector<LogInclusion> inclusions;  // of each event, in the order asked for
  LogCheckpoint earlier;  // as it was when it had just taken in the last of the events
  std::vector<std::string> consistency;  // hex: that the earlier one is the beginning of this one
};
CINNABAR_DESCRIBE(LogProof, key, checkpoint, (inclusions, items(0, 100'000)), earlier,
                  (consistency, items(0, 64)))

class TransparencyLog {
 public:
  using Interface = TransparencyLog;
  virtual ~TransparencyLog() = default;
  // Errors: log.behind (an event is not in the log yet: try again in a moment), log.rolled_back
  // (the log is shorter than it once was; it signs nothing until an operator has looked).
  virtual LogProof prove(const LogProofRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(TransparencyLog, "cinnabar.transparency-log/1", prove)

}  // namespace cinnabar
