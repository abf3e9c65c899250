// JobRows: the statements on kernel_job that move a job between its states. Every one is guarded
// by the claim it belongs to, so that only its holder can end or release a job. Any thread.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/db/committer.hpp"

namespace cinnabar::kernel {

// A job as it was claimed.
struct ClaimedJob {
  std::string id;
  std::string plugin;
  std::string kind;
  std::string owner;
  std::int64_t revision = 0;
  std::int64_t attempts = 0;  // this one included
  Json data;
};

class JobRows {
 public:
  JobRows(Db& db, Committer& committer, const Clocks& clocks, std::string node)
      : db_(db), committer_(committer), clocks_(clocks), node_(std::move(node)) {}

  // Claims at most `limit` due jobs.
  std::vector<ClaimedJob> claim(int limit);
  // When the next waiting job is due, on the business clock; nothing: none waits.
  std::optional<std::int64_t> next_due_ms() const;
  void renew(const std::vector<std::string>& ids);  // leases of jobs that are held
  // Jobs of nodes that are gone, and at start those that this node held when it died, wait again.
  // Those whose last attempt that was are dead: it may be they that take the process with them.
  void free_expired();
  void take_back_own();

  // Commits what the run wrote and takes the row away. CINNABAR_CONFLICT as Committer::commit.
  void finish(const ClaimedJob& job, WriteSet writes, const std::string& table_prefix);
  // After a conflict: reads the job again. False when it is no longer this claim's, or was moved
  // to a later time and has been released.
  bool refresh(ClaimedJob& job);
  // It waits again; it was not run.
  void hand_back(const ClaimedJob& job);
  // The run failed: it waits for its next attempt, or is dead. One that was moved while it ran
  // begins anew at its new time.
  void fail(const ClaimedJob& job, const std::string& reason);
  // Its plugin is not there: it waits and the attempt does not count.
  void wait_for_plugin(const ClaimedJob& job, const std::string& reason);

 private:
  void run(Statement statement);
  void release(const std::string& which, const Json& param);
  void put_back(const ClaimedJob& job, const std::string& reason, const std::string& state,
                std::int64_t attempts, std::int64_t pause_ms);
  Statement claim_statement(const ClaimedJob& job) const;

  Db& db_;
  Committer& committer_;
  const Clocks& clocks_;
  const std::string node_;
};

// A claim ends unless it is renewed: soon enough that the work of a dead process goes on within
// seconds, long enough that a busy disk does not end it.
inline constexpr std::int64_t kLeaseMs = 15'000;

}  // namespace cinnabar::kernel
