// Jobs: runs what write-sets asked to be done later, each to its end, once in effect.
//
// A due job is claimed by a guarded update with a lease on the real clock; when it is due is the
// business clock's. What a run writes commits together with the removal of its row. A run that
// fails is tried again with growing pauses; after kAttemptsMax attempts the job is dead, which the
// log and the doctor say. One whose plugin is switched off or not loaded waits for it and counts no
// attempts. A process that dies leaves its jobs to the others when the leases end, or to itself
// when it starts again under the same name. A few threads, of which one also deletes expired rows
// (expired_rows.hpp); idle it sleeps until the next job is due. Owned by the composition root;
// start and stop from its thread, wake from any.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/db/committer.hpp"

#include <cinnabar/services/domain.hpp>

namespace cinnabar::kernel {

// Runs one job of a plugin and commits what it wrote, once; called on several threads. Blobs that
// it put are its to publish before and to settle after. Throws.
using Runner =
    std::function<void(const std::string& plugin, const JobCall& call, const CommitWrites& commit)>;

struct JobSettings {
  // Name of this process among those that share the database, the same after a restart; empty: a
  // new one at each start, whose jobs wait for their leases to end after a crash.
  std::string node;
  int threads = 4;  // jobs that run at once
};

class Jobs {
 public:
  Jobs(Db& db, Committer& committer, const Clocks& clocks, Runner runner,
       JobSettings settings = {});
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  void start();  // throws Error
  void stop();   // runs under way end, what was claimed but not begun is handed back
  void wake();   // there are new jobs, or the business clock was moved

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

struct JobCounts {
  std::int64_t waiting = 0;  // including those that are due later
  std::int64_t running = 0;
  std::int64_t dead = 0;
};
JobCounts count_jobs(const Db& db);

}  // namespace cinnabar::kernel
