#include "kernel/job/job_rows.hpp"

#include "kernel/base/backoff.hpp"
#include "kernel/event/plugin_away.hpp"
#include "kernel/log/log.hpp"

#include <cinnabar/text.hpp>

namespace cinnabar::kernel {

namespace {

constexpr std::size_t kDetailSizeMax = 1'000;
constexpr std::string_view kProcessEnded =
    "the process ended during the last attempt, and maybe because of it";
// The claim that a job is held by: attempts tells it from an earlier one of the same node.
constexpr std::string_view kHeld =
    " WHERE id = ? AND state = 'running' AND lease_owner = ? AND attempts = ?";
constexpr std::string_view kReleased = "state = 'waiting', lease_owner = '', lease_until = 0";

std::string sql(std::string_view a, std::string_view b, std::string_view c = {}) {
  return std::string(a) + std::string(b) + std::string(c);
}

bool is_conflict(const Error& error) { return error.status() == CINNABAR_CONFLICT; }

}  // namespace

void JobRows::run(Statement statement) {
  Commit commit;
  commit.kernel_statements.push_back(std::move(statement));
  committer_.commit(std::move(commit));
}

Statement JobRows::claim_statement(const ClaimedJob& job) const {
  return {
      "UPDATE kernel_job SET state = 'running', lease_owner = ?, lease_until = ?, attempts = ? "
      "WHERE id = ? AND state = 'waiting' AND revision = ?",
      {node_, clocks_.real_ms() + kLeaseMs, job.attempts, job.id, job.revision},
      1,
      {}};
}

std::vector<ClaimedJob> JobRows::claim(int limit) {
  const Rows rows = db_.query(
      "SELECT id, plugin, kind, owner, revision, attempts, data FROM kernel_job "
      "WHERE state = 'waiting' AND run_at <= ? ORDER BY run_at, id LIMIT ?",
      {clocks_.business_ms(), limit});
  std::vector<ClaimedJob> due;
  Commit all;
  for (const auto& row : rows.rows) {
    due.push_back({row[0].text(), row[1].text(), row[2].text(), row[3].text(), row[4].integer(),
                   row[5].integer() + 1, from_json<Json>(row[6].text())});
    all.kernel_statements.push_back(claim_statement(due.back()));
  }
  if (due.empty()) return due;
  try {
    committer_.commit(std::move(all));
    return due;
  } catch (const Error& error) {
    if (!is_conflict(error)) throw;
  }
  // One of them was moved or claimed by another node: take what is left one by one.
  std::vector<ClaimedJob> claimed;
  for (ClaimedJob& job : due) {
    try {
      run(claim_statement(job));
      claimed.push_back(std::move(job));
    } catch (const Error& error) {
      if (!is_conflict(error)) throw;
    }
  }
  return claimed;
}

std::optional<std::int64_t> JobRows::next_due_ms() const {
  const Json next = db_.query_value("SELECT MIN(run_at) FROM kernel_job WHERE state = 'waiting'");
  return next.is_null() ? std::nullopt : std::optional(next.integer());
}

void JobRows::renew(const std::vector<std::string>& ids) {
  Commit commit;
  for (const std::string& id : ids)
    commit.kernel_statements.push_back(
        {"UPDATE kernel_job SET lease_until = ? WHERE id = ? AND state = 'running' AND "
         "lease_owner = ?",
         {clocks_.real_ms() + kLeaseMs, id, node_},
         -1,
         {}});
  if (!ids.empty()) committer_.commit(std::move(commit));
}

// A run that takes the process with it never comes to fail(), hence its attempts are looked at
// here.
void JobRows::release(const std::string& which, const Json& param) {
  const std::string held = " WHERE state = 'running' AND " + which;
  const Rows last =
      db_.query("SELECT id, plugin, kind FROM kernel_job" + held + " AND attempts >= ?",
                {param, kAttemptsMax});
  for (const auto& row : last.rows)
    log_error("a job is given up", {{"job", row[0].text()},
                                    {"plugin", row[1].text()},
                                    {"kind", row[2].text()},
                                    {"detail", kProcessEnded}});
  run(
      {"UPDATE kernel_job SET detail = CASE WHEN attempts >= ? THEN ? ELSE detail END, "
       "state = CASE WHEN attempts >= ? THEN 'dead' ELSE 'waiting' END, "
       "lease_owner = '', lease_until = 0" +
           held,
       {kAttemptsMax, std::string(kProcessEnded), kAttemptsMax, param},
       -1,
       {}});
}

void JobRows::free_expired() {
  const std::int64_t now = clocks_.real_ms();
  const Json found = db_.query_value(
      "SELECT COUNT(*) FROM kernel_job WHERE state = 'running' AND lease_until < ?", {now});
  if (found.integer() == 0) return;
  log_warning("jobs of a process that is gone are released",
              {{"count", std::to_string(found.integer())}});
  release("lease_until < ?", now);
}

void JobRows::take_back_own() { release("lease_owner = ?", node_); }

void JobRows::finish(const ClaimedJob& job, WriteSet writes, const std::string& table_prefix) {
  Commit commit;
  commit.writes = std::move(writes);
  commit.plugin = job.plugin;
  commit.table_prefix = table_prefix;
  commit.trace = job.id;
  // Before the drafts of the write-set, so that a job may ask for its own next run by its key.
  commit.kernel_statements.push_back({sql("DELETE FROM kernel_job", kHeld, " AND revision = ?"),
                                      {job.id, node_, job.attempts, job.revision},
                                      1,
                                      {}});
  committer_.commit(std::move(commit));
}

bool JobRows::refresh(ClaimedJob& job) {
  const Rows rows = db_.query(sql("SELECT owner, revision, run_at, data FROM kernel_job", kHeld),
                              {job.id, node_, job.attempts});
  if (rows.rows.empty()) return false;
  const auto& row = rows.rows.front();
  const bool moved = row[1].integer() != job.revision;
  job.owner = row[0].text();
  job.revision = row[1].integer();
  job.data = from_json<Json>(row[3].text());
  if (!moved || row[2].integer() <= clocks_.business_ms()) return true;
  hand_back(job);
  return false;
}

void JobRows::hand_back(const ClaimedJob& job) {
  run({sql("UPDATE kernel_job SET attempts = attempts - 1, ", kReleased, kHeld),
       {job.id, node_, job.attempts},
       -1,
       {}});
}

void JobRows::fail(const ClaimedJob& job, const std::string& reason) {
  const bool last = job.attempts >= kAttemptsMax;
  const auto at_level = last ? &log_error : &log_warning;
  at_level(last ? "a job is given up" : "a job failed and will be tried again",
           {{"job", job.id}, {"plugin", job.plugin}, {"kind", job.kind}, {"detail", reason}});
  put_back(job, reason, last ? "dead" : "waiting", job.attempts, backoff_ms(job.attempts));
}

void JobRows::wait_for_plugin(const ClaimedJob& job, const std::string& reason) {
  log_warning("a job waits for its plugin",
              {{"job", job.id}, {"plugin", job.plugin}, {"kind", job.kind}, {"detail", reason}});
  put_back(job, reason, "waiting", job.attempts - 1, kPluginAwayMs);
}

// A job that was moved while it ran keeps its new time, and what came of the run that began before
// says nothing about it.
void JobRows::put_back(const ClaimedJob& job, const std::string& reason, const std::string& state,
                       std::int64_t attempts, std::int64_t pause_ms) {
  run({sql("UPDATE kernel_job SET detail = ?, "
           "run_at = CASE WHEN revision = ? THEN ? ELSE run_at END, "
           "attempts = CASE WHEN revision = ? THEN ? ELSE 0 END, "
           "state = CASE WHEN revision = ? THEN ? ELSE 'waiting' END, "
           "lease_owner = '', lease_until = 0",
           kHeld),
       {shortened_text(reason, kDetailSizeMax), job.revision, clocks_.business_ms() + pause_ms,
        job.revision, attempts, job.revision, state, job.id, node_, job.attempts},
       -1,
       {}});
}

}  // namespace cinnabar::kernel
