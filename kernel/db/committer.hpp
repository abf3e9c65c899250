// Committer: the one way to write. Turns a write-set into statements (rows, chained events, jobs,
// grants, sessions, the idempotency row, the audit row) and commits it with those of other
// threads in groups, durable before any of them returns. One writer thread of its own; commit()
// from any thread.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/db/db.hpp"

#include <functional>
#include <memory>

namespace cinnabar::kernel {

// What a repeated request with the same key is answered with.
struct IdempotencyRecord {
  std::string scope;        // whose key: session's person and route
  std::string key;          // as the client sent it
  std::string fingerprint;  // hex SHA-256 over method, target and body
  std::string answer;       // the stored response, opaque here
};

struct AuditRecord {
  std::string action;  // route name
  std::string person;
  std::string owner;
  std::string object;
  std::string address;
  int status = 0;
  std::string key{};  // with which a program spoke for the person
};

struct Commit {
  WriteSet writes;
  std::string plugin;        // whose write-set it is; empty: the kernel's own
  std::string table_prefix;  // tables it may write to; empty with the kernel's own
  std::string trace;
  std::optional<IdempotencyRecord> idempotency;
  std::optional<AuditRecord> audit;
  std::vector<Statement> kernel_statements;  // from the kernel itself: deliveries, job ends
};

// Commits what a job or a delivery wrote, together with its end. Throws as Committer::commit.
using CommitWrites = std::function<void(WriteSet)>;

class Committer {
 public:
  Committer(Db& db, const Clocks& clocks);
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // Returns once the write-set is durable. Throws Error with CINNABAR_CONFLICT when an
  // expectation failed or the key of the idempotency record is taken: nothing of it was written
  // and the caller computes again. Throws with CINNABAR_UNAVAILABLE when stopping, or when the
  // database cannot say how it ended: look before doing it again.
  void commit(Commit commit);

  // The tables of each plugin, for statements that one contributes to another's write-set and for
  // what its jobs and subscriptions write.
  void table_prefixes(std::map<std::string, std::string> by_plugin);
  std::string table_prefix(const std::string& plugin) const;  // throws for an unknown plugin

  // Called after every group that held events or jobs, on the writer thread; must be quick. Each
  // call adds one.
  void on_committed(std::function<void()> wake);
  // What was handed in is committed, what comes later is refused. Twice is once.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cinnabar::kernel
