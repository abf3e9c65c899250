// Write-sets: everything that a command changes, as data, committed by the kernel at once.
//
// A command reads, computes and returns a write-set; it changes nothing itself. The kernel commits
// statements, events, jobs, grants, sessions and the idempotency row in one transaction, or runs
// the command again when an expectation failed because the data moved. So a command must be
// repeatable and free of outside effects. Value types.
#pragma once

#include <cinnabar/json.hpp>

namespace cinnabar {

// One guarded statement. '?' stands for a parameter: null, boolean, integer, real or text.
struct Statement {
  std::string sql;
  std::vector<Json> params;
  std::int64_t expect_rows = -1;  // rows it must change; -1: any number
  std::string plugin{};  // whose tables; set by services that contribute; empty: the command's own
};
CINNABAR_DESCRIBE(Statement, (sql, length(1, 65'536)), params, expect_rows, plugin)

// Something that happened. Events of one aggregate are chained by hash, in commit order, and kept
// for ever; subscribers get each one once.
struct EventDraft {
  std::string type;       // "contract.signed"
  std::string aggregate;  // id of what it happened to, "con_..."; its chain
  std::string owner;      // tenant that the aggregate belongs to
  std::string actor;      // person id; empty: the system
  Json data;              // no personal data in clear: salted commitments
};
CINNABAR_DESCRIBE(EventDraft, type, aggregate, owner, actor, data)

// Work for later, run by the plugin that asked for it, at least once; its own write-set commits
// together with its end, so that its effect is once.
struct JobDraft {
  std::string kind;     // which of the plugin's jobs
  std::string owner;    // tenant on whose behalf
  std::string key;      // unique among the plugin's open jobs of this kind; empty: none
  Time run_at;          // business clock; zero: at once
  Json data;
  std::string plugin{};  // whose job; set by services that contribute; empty: the command's own
};
CINNABAR_DESCRIBE(JobDraft, kind, owner, key, run_at, data, plugin)

// Opens an object to somebody: the only way across tenants. role "owner", "party", "reader", ...
// An empty role takes every grant of that grantee on the object away. Within an enterprise the
// handler always sees the object, and others as far as their permission goes: so an enterprise has
// one grant for each of its handlers.
struct GrantDraft {
  std::string object;   // "con_...", "ent_...", "sel_..."
  std::string grantee;  // enterprise or person
  std::string role;
  std::string owner;    // tenant that the object belongs to
  std::string handler{};     // person who handles it for the enterprise
  std::string department{};  // of the enterprise, that the object counts to
};
CINNABAR_DESCRIBE(GrantDraft, object, grantee, role, owner, handler, department)

// A signed-in person. The token itself is in the response only; here is its SHA-256 in hex.
struct SessionDraft {
  std::string token_sha256;
  std::string person;
  std::string acting_for;  // enterprise id; empty: for oneself
  Time expires;            // real clock
};
CINNABAR_DESCRIBE(SessionDraft, token_sha256, person, acting_for, expires)

struct WriteSet {
  std::vector<Statement> statements;
  std::vector<EventDraft> events;
  std::vector<JobDraft> jobs;
  std::vector<GrantDraft> grants;
  std::vector<SessionDraft> sessions;
  std::vector<std::string> revoked_sessions;  // token_sha256
  std::vector<std::string> blobs;  // ids of blobs that rows now refer to; others are swept
  // Owners whose settings this changes: their epoch rises, so that the next request on every node
  // reads their snapshot anew. Empty text: the installation.
  std::vector<std::string> changed_owners;

  void run(std::string sql, std::vector<Json> params, std::int64_t expect_rows = -1) {
    statements.push_back({std::move(sql), std::move(params), expect_rows, {}});
  }
  // Takes over what another part contributes to this command.
  void merge(WriteSet other) {
    const auto move_all = [](auto& to, auto& from) {
      for (auto& item : from) to.push_back(std::move(item));
    };
    move_all(statements, other.statements);
    move_all(events, other.events);
    move_all(jobs, other.jobs);
    move_all(grants, other.grants);
    move_all(sessions, other.sessions);
    move_all(revoked_sessions, other.revoked_sessions);
    move_all(blobs, other.blobs);
    move_all(changed_owners, other.changed_owners);
  }
  // Says whose tables and jobs these are: a service does so before it contributes to the command
  // of another plugin. What others contributed to it is stamped already, and stays theirs.
  void stamp(const std::string& plugin) {
    for (Statement& statement : statements)
      if (statement.plugin.empty()) statement.plugin = plugin;
    for (JobDraft& job : jobs)
      if (job.plugin.empty()) job.plugin = plugin;
  }
  bool empty() const {
    return statements.empty() && events.empty() && jobs.empty() && grants.empty() &&
           sessions.empty() && revoked_sessions.empty() && blobs.empty() &&
           changed_owners.empty();
  }
};
CINNABAR_DESCRIBE(WriteSet, (statements, items(0, 10'000)), (events, items(0, 10'000)),
                  (jobs, items(0, 10'000)), (grants, items(0, 10'000)), sessions, revoked_sessions,
                  blobs, changed_owners)

}  // namespace cinnabar
