#include "fake_world.hpp"

#include "digest.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace cinnabar::contract {
namespace {

FakeWorld& world_of(void* self) { return *static_cast<FakeWorld*>(self); }

cinnabar_status reply_json(const cinnabar_reply* reply, const std::string& json) {
  return reply->json(reply->self, bytes_of(json));
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Steps a statement to its end; rows go to `row` when it is given.
void run_sql(sqlite3* db, const std::string& sql, const std::vector<Json>& params,
             Rows* rows = nullptr) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(db));
  for (std::size_t i = 0; i < params.size(); ++i) {
    const int at = static_cast<int>(i) + 1;
    const Json& param = params[i];
    if (param.is_null()) sqlite3_bind_null(statement, at);
    else if (param.is_boolean()) sqlite3_bind_int64(statement, at, param.boolean());
    else if (param.is_integer()) sqlite3_bind_int64(statement, at, param.integer());
    else if (param.is_number()) sqlite3_bind_double(statement, at, param.number());
    else sqlite3_bind_text(statement, at, param.text().c_str(), -1, SQLITE_TRANSIENT);
  }
  int state = SQLITE_ROW;
  while ((state = sqlite3_step(statement)) == SQLITE_ROW) {
    if (!rows) continue;
    auto& row = rows->rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      const int type = sqlite3_column_type(statement, i);
      if (type == SQLITE_NULL) row.emplace_back();
      else if (type == SQLITE_INTEGER)
        row.emplace_back(std::int64_t{sqlite3_column_int64(statement, i)});
      else row.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, i)));
    }
  }
  const std::string error = sqlite3_errmsg(db);
  sqlite3_finalize(statement);
  if (state == SQLITE_CONSTRAINT) throw conflict(error);
  if (state != SQLITE_DONE) throw std::runtime_error(sql + ": " + error);
}

}  // namespace

FakeWorld::FakeWorld() {
  sqlite3_open(":memory:", &db_);
  std::set<std::filesystem::path> migrations;
  for (const auto& file : std::filesystem::directory_iterator(CONTRACT_MIGRATIONS))
    migrations.insert(file.path());
  for (const auto& migration : migrations) {
    char* error = nullptr;
    if (sqlite3_exec(db_, read_file(migration).c_str(), nullptr, nullptr, &error) != SQLITE_OK)
      throw std::runtime_error(migration.string() + ": " + error);
  }
  host_ = {};
  host_.struct_size = sizeof host_;
  host_.self = this;
  host_.log = [](void*, std::int32_t, cinnabar_bytes) {};
  host_.now_ms = [](void* self, std::int32_t clock) {
    return clock == CINNABAR_CLOCK_REAL ? world_of(self).real_ms : world_of(self).business_ms;
  };
  host_.random = [](void* self, char* out, std::size_t size) -> cinnabar_status {
    for (std::size_t i = 0; i < size; ++i) {
      auto& state = world_of(self).random_;
      state = state * 1'664'525u + 1'013'904'223u;
      out[i] = static_cast<char>(state >> 24);
    }
    return CINNABAR_OK;
  };
  host_.invoke = [](void* self, const cinnabar_call* call, cinnabar_bytes id, cinnabar_bytes,
                    cinnabar_bytes method, const cinnabar_message* request,
                    const cinnabar_reply* reply) {
    return world_of(self).invoke(call, view(id), view(method), *request, reply);
  };
  host_.query = [](void* self, const cinnabar_call*, cinnabar_bytes sql,
                   const cinnabar_value* params, std::size_t count, const cinnabar_rows* out) {
    return guarded(nullptr, [&] {
      std::vector<Json> values;
      for (std::size_t i = 0; i < count; ++i) values.push_back(detail::json_of(params[i]));
      for (const auto& row : world_of(self).query(std::string(view(sql)), values).rows) {
        std::vector<cinnabar_value> cells;
        for (const Json& cell : row) cells.push_back(detail::value_of(cell));
        out->row(out->self, cells.data(), cells.size());
      }
    });
  };
  host_.commit = [](void* self, const cinnabar_call*, cinnabar_bytes writes,
                    const cinnabar_reply* reply) {
    return guarded(reply, [&] { world_of(self).commit(from_json<WriteSet>(view(writes))); });
  };
  host_.blob_put = [](void* self, cinnabar_bytes content, const cinnabar_reply* reply) {
    const std::string id = "sha256:" + sha256_hex(view(content));
    world_of(self).blobs[id] = view(content);
    return reply_json(reply, "\"" + id + "\"");
  };
  host_.blob_read = [](void* self, cinnabar_bytes id, std::uint64_t, std::uint64_t,
                       const cinnabar_sink* sink) -> cinnabar_status {
    const auto found = world_of(self).blobs.find(std::string(view(id)));
    if (found == world_of(self).blobs.end()) return CINNABAR_FAILED;
    return sink->write(sink->self, bytes_of(found->second));
  };
  host_.config = [](void* self, const cinnabar_sink* sink) -> cinnabar_status {
    return sink->write(sink->self, bytes_of(world_of(self).config_));
  };
  bind_services();
  start();
}

void FakeWorld::start() {
  ReplyBuffer reply;
  const cinnabar_plugin* entry = cinnabar_plugin_v1();
  if (entry->create(&host_, reply.raw(), &plugin_) != CINNABAR_OK ||
      entry->start(plugin_, reply.raw()) != CINNABAR_OK)
    throw std::runtime_error(reply.json());
}

void FakeWorld::restart(std::string config) {
  cinnabar_plugin_v1()->destroy(plugin_);
  config_ = std::move(config);
  start();
}

FakeWorld::~FakeWorld() {
  cinnabar_plugin_v1()->destroy(plugin_);
  sqlite3_close(db_);
}

void FakeWorld::bind_services() {
  const auto bind = [&](auto* service) {
    using I = typename std::remove_pointer_t<decltype(service)>;
    services_[std::string(interface_id<I>())] = service_table<I>(service);
  };
  bind(static_cast<DocumentEngine*>(&documents));
  bind(static_cast<SignatureEngine*>(&signatures));
  bind(static_cast<CertificateAuthority*>(&authority));
  bind(static_cast<TimestampAuthority*>(&authority));
  bind(static_cast<Organisation*>(&organisation));
  bind(static_cast<Seals*>(&seals));
  bind(static_cast<SealType*>(&seal_type));
  bind(static_cast<AuthMethod*>(&method));
  bind(static_cast<Notifier*>(&notifier));
  bind(static_cast<Hooks*>(&hooks));
  bind(static_cast<Bindings*>(&bindings));
}

cinnabar_status FakeWorld::invoke(const cinnabar_call* call, std::string_view id,
                                  std::string_view method, const cinnabar_message& request,
                                  const cinnabar_reply* reply) {
  if (id == interface_id<Events>()) {
    Chain chain;
    const auto asked = from_json<ChainRequest>(view(request.json));
    for (const EventDraft& event : events) {
      if (event.aggregate != asked.aggregate) continue;
      StoredEvent& stored = chain.events.emplace_back();
      stored.type = event.type;
      stored.actor = event.actor;
      stored.data = event.data;
    }
    return reply_json(reply, to_json(chain));
  }
  const auto found = services_.find(std::string(id));
  const cinnabar_service* table = found == services_.end() ? nullptr : &found->second;
  if (!table)
    table = static_cast<const cinnabar_service*>(
        cinnabar_plugin_v1()->interface_by_id(plugin_, bytes_of(id)));
  if (!table) throw std::runtime_error("nobody provides " + std::string(id));
  return table->invoke(table->self, call, bytes_of(method), &request, reply);
}

ObjectInfo FakeWorld::authorise(const SubjectInfo& subject, const std::string& object) const {
  ObjectInfo info{object, "", {}};
  for (const Grant& grant : grants_)
    if (grant.object == object && grant.grantee == subject.owner()) {
      info.owner = grant.owner;
      info.roles.push_back(grant.role);
    }
  if (info.roles.empty()) throw Error("object.not_found", {{"object", object}});
  return info;
}

HttpAnswer FakeWorld::handle(const HttpCall& http) {
  const OwnCall own(http.subject.owner());
  const Call call = own.call();
  for (int attempt = 0;; ++attempt) {
    HttpAnswer answer = service<Domain>(call).handle(http);
    if (before_commit) std::exchange(before_commit, nullptr)();
    try {
      commit(answer.writes);
      return answer;
    } catch (const Error& error) {
      constexpr int kAttemptsMax = 5;
      if (error.status() != CINNABAR_CONFLICT || attempt + 1 == kAttemptsMax) throw;
    }
  }
}

HttpAnswer FakeWorld::request(const SubjectInfo& subject, const std::string& route,
                              const std::string& object, const Json& body,
                              const std::map<std::string, std::string>& query,
                              const std::map<std::string, std::string>& params) {
  HttpCall http;
  http.route = route;
  http.subject = subject;
  http.query = query;
  http.params = params;
  http.address = "192.0.2.1";
  http.user_agent = "test";
  http.reach = reach;
  if (!body.is_null()) http.body = Bytes(to_json(body));
  if (!object.empty()) http.object = authorise(subject, object);
  if (!upload_.empty()) {
    http.upload = upload_;
    http.upload_name = "C:\\files\\合同.pdf";
  }
  HttpAnswer answer = handle(http);
  if (answer.problem)
    throw Error(answer.problem->code,
                {answer.problem->params.begin(), answer.problem->params.end()});
  return answer;
}

std::string FakeWorld::refusal(const SubjectInfo& subject, const std::string& route,
                               const std::string& object, const Json& body) {
  try {
    request(subject, route, object, body);
    return {};
  } catch (const Error& error) {
    return error.code();
  }
}

std::string FakeWorld::upload(const SubjectInfo& subject, const std::string& content) {
  upload_ = "sha256:" + sha256_hex(content);
  blobs[upload_] = content;
  HttpAnswer answer;
  try {
    answer = request(subject, "file.upload");
  } catch (const Error&) {
    upload_.clear();
    throw;
  }
  upload_.clear();
  return from_json<Json>(answer.body.view())["id"].text();
}

void FakeWorld::run_due(const std::string& kind) {
  const std::vector<JobDraft> all = jobs;
  for (const JobDraft& draft : all) {
    if (draft.kind != kind || draft.run_at.ms > business_ms) continue;
    run_job(draft);
  }
}

WriteSet FakeWorld::writes_of(const JobDraft& job) {
  const OwnCall own(job.owner);
  const Call call = own.call();
  return service<Domain>(call).run_job({"job_1", job.kind, job.owner, 1, job.data});
}

void FakeWorld::deliver_events() {
  for (; delivered_ < events.size(); ++delivered_) {
    const EventDraft& event = events[delivered_];
    StoredEvent stored;
    stored.type = event.type;
    stored.aggregate = event.aggregate;
    stored.owner = event.owner;
    stored.data = event.data;
    const OwnCall own(event.owner);
    const Call call = own.call();
    service<Domain>(call).on_event(stored);
  }
}

Rows FakeWorld::query(const std::string& sql, const std::vector<Json>& params) {
  Rows rows;
  run_sql(db_, sql, params, &rows);
  return rows;
}

std::vector<std::string> FakeWorld::event_types(const std::string& aggregate) const {
  std::vector<std::string> out;
  for (const EventDraft& event : events)
    if (event.aggregate == aggregate) out.push_back(event.type);
  return out;
}

void FakeWorld::commit(const WriteSet& writes) {
  run_sql(db_, "BEGIN", {});
  try {
    for (const Statement& statement : writes.statements) {
      run_sql(db_, statement.sql, statement.params);
      if (statement.expect_rows >= 0 && sqlite3_changes(db_) != statement.expect_rows)
        throw conflict(statement.sql);
    }
  } catch (...) {
    run_sql(db_, "ROLLBACK", {});
    throw;
  }
  run_sql(db_, "COMMIT", {});
  events.insert(events.end(), writes.events.begin(), writes.events.end());
  jobs.insert(jobs.end(), writes.jobs.begin(), writes.jobs.end());
  for (const GrantDraft& grant : writes.grants) {
    if (grant.role.empty())
      std::erase_if(grants_, [&](const Grant& g) {
        return g.object == grant.object && g.grantee == grant.grantee;
      });
    else
      grants_.push_back({grant.object, grant.grantee, grant.role, grant.owner});
  }
}

}  // namespace cinnabar::contract
