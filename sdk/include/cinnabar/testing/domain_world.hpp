// DomainWorld: the kernel's part for tests of a domain plugin, on FakeHost and SQLite in memory.
// The plugin is created through its entry with its own migrations and called as the kernel would
// call it: route, write-set, commit, and again on a conflict. Link sqlite3. One thread.
//
//   DomainWorld world(&cinnabar_plugin_v1, "cinnabar.notes", __FILE__);
//   world.call(testing::as("per_1"), "note.create", {}, body);
#pragma once

#include <cinnabar/services/domain.hpp>
#include <cinnabar/testing/fake_host.hpp>
#include <cinnabar/testing/memory_database.hpp>

#include <algorithm>

namespace cinnabar::testing {

// Somebody signed in, for an enterprise or for oneself.
inline SubjectInfo as(std::string person, std::string enterprise = {}) {
  SubjectInfo subject;
  subject.person = std::move(person);
  subject.acting_for = std::move(enterprise);
  return subject;
}

class DomainWorld {
 public:
  // `source`: a file beside the folder `migrations`.
  DomainWorld(cinnabar_plugin_entry entry, std::string plugin, const std::string& source)
      : plugin_(std::move(plugin)), table_(entry()) {
    host.use_database(database);
    database.migrate(source);
  }
  ~DomainWorld() {
    if (instance_) table_->destroy(instance_);
  }
  DomainWorld(const DomainWorld&) = delete;
  DomainWorld& operator=(const DomainWorld&) = delete;

  FakeHost host;
  MemoryDatabase database;
  std::vector<EventDraft> events;
  std::vector<JobDraft> jobs;
  std::vector<GrantDraft> grants;
  std::vector<SessionDraft> sessions;
  std::vector<std::string> revoked_sessions;
  std::vector<std::string> changed_owners;
  ReachInfo reach{"enterprise", {}};  // how far the permission of whoever asks goes
  // Run once, between a command's computing and its commit: where somebody else may be faster.
  std::function<void()> before_commit;
  int computed = 0;  // how often the last command was computed

  // A request as `subject`. `object`: what authorisation would have found. A problem that comes
  // with writes is thrown after they were committed.
  HttpAnswer request(const SubjectInfo& subject, const std::string& route,
                     const std::map<std::string, std::string>& params = {},
                     const Json& body = Json(), const ObjectInfo& object = {},
                     const std::map<std::string, std::string>& query = {}) {
    HttpCall call;
    call.route = route;
    call.params = params;
    call.query = query;
    if (!body.is_null()) call.body = Bytes(to_json(body));
    call.subject = subject;
    call.object = object;
    call.reach = reach;
    OwnCall own(subject.owner());
    HttpAnswer answer;
    repeat([&] {
      answer = client<Domain>(own.call()).handle(call);
      return answer.writes;
    });
    if (const auto& problem = answer.problem)
      throw Error(problem->code, {problem->params.begin(), problem->params.end()},
                  problem->pointer);
    return answer;
  }
  Json call(const SubjectInfo& subject, const std::string& route,
            const std::map<std::string, std::string>& params = {}, const Json& body = Json(),
            const ObjectInfo& object = {}, const std::map<std::string, std::string>& query = {}) {
    const HttpAnswer answer = request(subject, route, params, body, object, query);
    return answer.body.empty() ? Json() : from_json<Json>(answer.body.view());
  }
  // The code with which the request is refused; empty: it is not.
  std::string refusal(const SubjectInfo& subject, const std::string& route,
                      const std::map<std::string, std::string>& params = {},
                      const Json& body = Json(), const ObjectInfo& object = {}) {
    try {
      request(subject, route, params, body, object);
      return {};
    } catch (const Error& error) {
      return error.code();
    }
  }

  // Runs the jobs that are due, also those that they ask for; how many.
  int run_jobs() {
    int ran = 0;
    for (;;) {
      const auto due = std::find_if(jobs.begin(), jobs.end(), [&](const JobDraft& job) {
        return job.run_at.ms <= host.host().now_ms(Clock::business);
      });
      if (due == jobs.end()) return ran;
      const JobDraft job = *due;
      jobs.erase(due);
      OwnCall own(job.owner);
      repeat(
          [&] {
            return client<Domain>(own.call()).run_job({"job", job.kind, job.owner, 1, job.data});
          },
          [&] { return !job.key.empty() && drop_job(job) > 0; });
      ++ran;
    }
  }
  void deliver(const StoredEvent& event) {
    OwnCall own(event.owner);
    repeat([&] { return client<Domain>(own.call()).on_event(event); });
  }

  template <class I>
  Client<I> client(const Call& call) {
    return Client<I>(
        std::make_shared<Route>(static_cast<const cinnabar_service*>(interface(interface_id<I>())),
                                call.raw()));
  }
  // What a service contributes must be stamped, else it would go to the caller's tables.
  void commit_contribution(const WriteSet& writes) {
    for (const Statement& statement : writes.statements)
      if (statement.plugin != plugin_) throw failure("not stamped: " + statement.sql);
    for (const JobDraft& job : writes.jobs)
      if (job.plugin != plugin_) throw failure("not stamped: job " + job.kind);
    commit(writes);
  }
  void commit(const WriteSet& writes) {
    database.commit(writes.statements);
    for (const JobDraft& job : writes.jobs) add_job(job);
    append(events, writes.events);
    append(grants, writes.grants);
    append(sessions, writes.sessions);
    append(revoked_sessions, writes.revoked_sessions);
    append(changed_owners, writes.changed_owners);
  }
  // One cell of the first row.
  Json value(const std::string& sql, const std::vector<Json>& params = {}) {
    const Rows rows = database.query(sql, params);
    return rows.rows.empty() ? Json() : rows.rows[0][0];
  }

 private:
  class Route final : public ServiceRoute {
   public:
    Route(const cinnabar_service* service, const cinnabar_call* call)
        : service_(service), call_(call) {}
    cinnabar_status invoke(std::string_view method, const cinnabar_message& request,
                           const cinnabar_reply* reply) const override {
      return service_->invoke(service_->self, call_, bytes_of(method), &request, reply);
    }

   private:
    const cinnabar_service* service_;
    const cinnabar_call* call_;
  };

  // The plugin is created with the first call, after the test has set up what it finds.
  const void* interface(std::string_view id) {
    if (!instance_) {
      ReplyBuffer error;
      if (table_->create(host.host().raw(), error.raw(), &instance_) != CINNABAR_OK ||
          table_->start(instance_, error.raw()) != CINNABAR_OK)
        throw failure("the plugin does not start: " + error.json());
    }
    const void* found = table_->interface_by_id(instance_, bytes_of(id));
    if (!found) throw failure("the plugin does not provide " + std::string(id));
    return found;
  }
  // `moved`: whether what is being carried out was changed meanwhile, as a job is by a draft of
  // its key.
  template <class Command>
  void repeat(Command command, const std::function<bool()>& moved = [] { return false; }) {
    constexpr int kConflictRetriesMax = 5;
    for (computed = 1;; ++computed) {
      const WriteSet writes = command();
      if (const auto hook = std::exchange(before_commit, nullptr)) hook();
      try {
        if (moved()) throw conflict("the job was moved");
        return commit(writes);
      } catch (const Error& error) {
        if (error.status() != CINNABAR_CONFLICT || computed == kConflictRetriesMax) throw;
      }
    }
  }
  // A draft with the key of an open job moves that job.
  void add_job(const JobDraft& job) {
    if (!job.key.empty()) drop_job(job);
    jobs.push_back(job);
  }
  std::size_t drop_job(const JobDraft& job) {
    return std::erase_if(jobs, [&](const JobDraft& open) {
      return open.kind == job.kind && open.key == job.key;
    });
  }
  template <class T>
  static void append(std::vector<T>& to, const std::vector<T>& from) {
    to.insert(to.end(), from.begin(), from.end());
  }

  std::string plugin_;
  const cinnabar_plugin* table_;
  void* instance_ = nullptr;
};

}  // namespace cinnabar::testing
