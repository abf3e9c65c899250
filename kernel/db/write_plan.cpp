#include "kernel/db/write_plan.hpp"

#include "kernel/base/ids.hpp"

#include <cinnabar/package/table_check.hpp>
#include <cinnabar/text.hpp>

namespace cinnabar::kernel {

namespace {

// MariaDB's TEXT holds 65,535 bytes; larger content belongs into a blob that the job names.
constexpr std::size_t kJobDataSizeMax = 65'000;

void add(WritePlan& plan, std::string sql, std::vector<Json> params, std::int64_t expect_rows) {
  plan.statements.push_back({std::move(sql), std::move(params), expect_rows, {}});
}

void add_idempotency(WritePlan& plan, IdempotencyRecord record, std::int64_t real_ms) {
  add(plan,
      "INSERT INTO kernel_idempotency (scope, idempotency_key, fingerprint, answer, at) "
      "VALUES (?, ?, ?, ?, ?)",
      {std::move(record.scope), std::move(record.key), std::move(record.fingerprint),
       std::move(record.answer), real_ms},
      1);
}

// A draft with the key of an open job moves that job instead of making another. `revision` makes
// the end of a run that began before fail, so that it cannot swallow the move.
void add_job(WritePlan& plan, JobDraft job, const std::string& plugin, const Clocks& clocks) {
  const std::int64_t run_at = job.run_at.ms != 0 ? job.run_at.ms : clocks.business_ms();
  std::string data = to_json(job.data);
  if (data.size() > kJobDataSizeMax)
    throw failure("the data of a job " + job.kind + " takes " + std::to_string(data.size()) +
                  " bytes, at most " + std::to_string(kJobDataSizeMax) + " fit; use a blob");
  const std::string id = new_id("job", clocks.real_ms());
  const std::string insert =
      "INSERT INTO kernel_job (id, plugin, kind, owner, job_key, revision, run_at, state, "
      "attempts, "
      "lease_owner, lease_until, detail, data) ";
  if (job.key.empty())
    return add(plan, insert + "VALUES (?, ?, ?, ?, NULL, 0, ?, 'waiting', 0, '', 0, '', ?)",
               {id, plugin, std::move(job.kind), std::move(job.owner), run_at, std::move(data)}, 1);
  add(plan,
      "UPDATE kernel_job SET owner = ?, run_at = ?, data = ?, revision = revision + 1, "
      "attempts = CASE WHEN state = 'running' THEN attempts ELSE 0 END, state = CASE WHEN state = "
      "'dead' THEN 'waiting' ELSE state END "
      "WHERE plugin = ? AND kind = ? AND job_key = ?",
      {job.owner, run_at, data, plugin, job.kind, job.key}, -1);
  add(plan,
      insert +
          "SELECT ?, ?, ?, ?, ?, 0, ?, 'waiting', 0, '', 0, '', ? FROM (SELECT 1 AS one) AS one "
          "WHERE NOT EXISTS (SELECT 1 FROM kernel_job WHERE plugin = ? AND kind = ? AND "
          "job_key = ?)",
      {id, plugin, job.kind, std::move(job.owner), job.key, run_at, std::move(data), plugin,
       job.kind, job.key},
      -1);
}

void add_grant(WritePlan& plan, GrantDraft grant) {
  if (grant.role.empty())
    return add(plan, "DELETE FROM kernel_reach WHERE object = ? AND grantee = ?",
               {std::move(grant.object), std::move(grant.grantee)}, -1);
  add(plan,
      "REPLACE INTO kernel_reach (object, grantee, role, owner, handler, department) "
      "VALUES (?, ?, ?, ?, ?, ?)",
      {std::move(grant.object), std::move(grant.grantee), std::move(grant.role),
       std::move(grant.owner), std::move(grant.handler), std::move(grant.department)},
      -1);
}

void add_sessions(WritePlan& plan, WriteSet& writes, std::int64_t real_ms) {
  for (SessionDraft& session : writes.sessions)
    add(plan,
        "REPLACE INTO kernel_session (token_sha256, person, acting_for, created, expires) "
        "VALUES (?, ?, ?, ?, ?)",
        {std::move(session.token_sha256), std::move(session.person), std::move(session.acting_for),
         real_ms, session.expires.ms},
        -1);
  for (std::string& token : writes.revoked_sessions)
    add(plan, "DELETE FROM kernel_session WHERE token_sha256 = ?", {std::move(token)}, -1);
}

// An owner whose settings never changed has no row yet.
void add_changed_owner(WritePlan& plan, std::string owner) {
  add(plan,
      "INSERT INTO kernel_epoch (owner, epoch) SELECT ?, 0 FROM (SELECT 1 AS one) AS one "
      "WHERE NOT EXISTS (SELECT 1 FROM kernel_epoch WHERE owner = ?)",
      {owner, owner}, -1);
  add(plan, "UPDATE kernel_epoch SET epoch = epoch + 1 WHERE owner = ?", {std::move(owner)}, 1);
}

// Fails while the blob is being removed as an orphan; an orphan that is none any more stays.
void add_blob(WritePlan& plan, std::string blob, std::int64_t real_ms) {
  add(plan, "DELETE FROM kernel_blob WHERE id = ? AND orphan < 0", {blob}, 0);
  add(plan, "REPLACE INTO kernel_blob (id, at) VALUES (?, ?)", {std::move(blob), real_ms}, -1);
}

constexpr std::size_t kAuditTextMax = 64;  // as its column has it

void add_audit(WritePlan& plan, AuditRecord audit, std::string trace, std::int64_t real_ms) {
  add(plan,
      "INSERT INTO kernel_audit (at, action, person, owner, object, address, trace, status, "
      "api_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {real_ms, std::move(audit.action), std::move(audit.person), std::move(audit.owner),
       shortened_text(audit.object, kAuditTextMax), std::move(audit.address), std::move(trace),
       audit.status, std::move(audit.key)},
      1);
}

}  // namespace

WritePlan plan_commit(Commit commit, const Clocks& clocks, const PrefixOf& prefix_of) {
  WritePlan plan;
  WriteSet& writes = commit.writes;
  plan.wakes = !writes.events.empty() || !writes.jobs.empty();
  const std::int64_t real_ms = clocks.real_ms();
  // First, so that the second of two requests with one key does no work in vain.
  if (commit.idempotency) add_idempotency(plan, std::move(*commit.idempotency), real_ms);
  for (Statement& statement : writes.statements) {
    const bool own = statement.plugin.empty() || statement.plugin == commit.plugin;
    if (!own)
      package::check_tables(statement.sql, prefix_of(statement.plugin));
    else if (!commit.plugin.empty())
      package::check_tables(statement.sql, commit.table_prefix);
    plan.statements.push_back(std::move(statement));
  }
  for (Statement& statement : commit.kernel_statements)
    plan.statements.push_back(std::move(statement));
  for (GrantDraft& grant : writes.grants) add_grant(plan, std::move(grant));
  add_sessions(plan, writes, real_ms);
  for (JobDraft& job : writes.jobs) {
    const std::string plugin = job.plugin.empty() ? commit.plugin : job.plugin;
    add_job(plan, std::move(job), plugin, clocks);
  }
  for (std::string& blob : writes.blobs) add_blob(plan, std::move(blob), real_ms);
  for (std::string& owner : writes.changed_owners) add_changed_owner(plan, std::move(owner));
  if (commit.audit) add_audit(plan, std::move(*commit.audit), std::move(commit.trace), real_ms);
  plan.events = std::move(writes.events);
  return plan;
}

RawTransaction::RawTransaction(const std::vector<Statement>& statements) {
  std::size_t count = 0;
  for (const Statement& statement : statements) count += statement.params.size();
  values_.reserve(count);  // so that the statements' pointers into it stay
  statements_.reserve(statements.size());
  for (const Statement& statement : statements) {
    const cinnabar_value* first = values_.data() + values_.size();
    for (const Json& param : statement.params) values_.push_back(detail::value_of(param));
    statements_.push_back(
        {bytes_of(statement.sql), first, statement.params.size(), statement.expect_rows});
  }
}

}  // namespace cinnabar::kernel
