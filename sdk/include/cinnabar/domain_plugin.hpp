// DomainPlugin: what a piece of the business derives from. Routes, jobs and events are member
// functions over described types; declarations, parsing and validation follow from them.
//
//   class Notes final : public DomainPlugin {
//    public:
//     explicit Notes(Host& host) : DomainPlugin(host) {
//       route("POST", "/notes", "note.create", this, &Notes::create)
//           .summary("Writes a note", "写一条便签").self().idempotent().audited().status(201);
//     }
//     Answer<NoteView> create(const NewNote& in, const Request& request);
//   };
//
// Declared in the constructor, immutable afterwards; handlers run on any thread.
#pragma once

#include <cinnabar/plugin.hpp>
#include <cinnabar/schema.hpp>
#include <cinnabar/services/domain.hpp>

namespace cinnabar {

struct Nothing {};
CINNABAR_DESCRIBE_EMPTY(Nothing)

// What a handler gets besides its body.
struct Request {
  const HttpCall& http;
  const Call& call;
  const SubjectInfo& subject() const { return http.subject; }
  const ObjectInfo& object() const { return http.object; }
  const ReachInfo& reach() const { return http.reach; }
  const std::string& param(const std::string& name) const { return http.params.at(name); }
  std::string query(const std::string& name) const {
    const auto found = http.query.find(name);
    return found == http.query.end() ? std::string() : found->second;
  }
};

// What a handler gives back.
template <class T>
struct Answer {
  T body{};
  WriteSet writes{};
  std::string etag{};
  std::string location{};
  int status = 0;                   // 0: the route's success status
  std::optional<Error> problem{};   // refuses, and still commits `writes`
  std::optional<SessionCookie> cookie{};
};

struct FileAnswer {
  std::string content_type;
  std::string filename;
  std::string content;
  std::vector<std::string> parts;  // instead of content; see HttpAnswer
  std::vector<Bytes> inlined{};
  WriteSet writes{};
  std::string etag{};
  int status = 0;  // 0: the route's success status
};

class DomainPlugin : public Domain {
 public:
  explicit DomainPlugin(Host& host) : host_(host) {}

  class Route {
   public:
    Route& summary(std::string english, std::string chinese) {
      info.summary = std::move(english);
      info.summary_zh = std::move(chinese);
      return *this;
    }
    // No credentials asked for.
    Route& open() { return info.open = true, *this; }
    // A page of the site, outside of /api/v1 and of its description.
    Route& site() { return info.site = true, *this; }
    Route& operators() { return info.operator_only = true, *this; }
    // Whoever is signed in, about their own affairs.
    Route& self() { return info.self = true, *this; }
    // Asks for a permission that some plugin names (see `permission`).
    Route& may(std::string permission) {
      return info.permission = std::move(permission), *this;
    }
    // As may(), and who handles the object may in any case: one always sees what one handles.
    Route& may_or_handles(std::string permission) {
      info.handler = true;
      return may(std::move(permission));
    }
    // The path parameter names an enterprise that the subject belongs to.
    Route& of(std::string parameter) { return info.enterprise = std::move(parameter), *this; }
    // The path parameter names the object; the subject needs one of the roles on it.
    Route& on(std::string parameter, std::vector<std::string> roles = {}) {
      info.object = std::move(parameter);
      info.roles = std::move(roles);
      return *this;
    }
    Route& idempotent() { return info.idempotency = "accepted", *this; }
    Route& audited() { return info.audited = true, *this; }
    Route& status(int code) { return info.success_status = code, *this; }
    Route& produces(std::string type) { return info.produces = std::move(type), *this; }
    // Takes an upload instead of a JSON body.
    Route& upload(std::vector<std::string> types, std::int64_t size_max) {
      info.consumes = std::move(types);
      info.upload_size_max = size_max;
      return *this;
    }
    // Takes a small body of other types than JSON, as Request::http.body.
    Route& small_upload(std::vector<std::string> types, std::int64_t size_max) {
      return upload(std::move(types), size_max).in_body_up_to(size_max);
    }
    // Of an upload that is not kept: what announces a size up to this comes as Request::http.body
    // without touching the disk, while the server has room in memory; else as an upload.
    Route& in_body_up_to(std::int64_t size) { return info.upload_body_max = size, *this; }
    Route& query(std::string name, std::string doc, bool required = false) {
      info.query.push_back({std::move(name), std::move(doc), required});
      return *this;
    }

    RouteInfo info;
    std::function<HttpAnswer(const Request&)> run;
  };

  DomainDescription describe(const DescribeRequest&, const Call&) override {
    DomainDescription description;
    for (const auto& route : routes_) description.routes.push_back(route->info);
    description.hook_points = hook_points_;
    for (const auto& [type, handler] : events_) description.subscriptions.push_back(type);
    if (batches_) {
      description.subscriptions = batch_types_;
      description.ordered = true;
    }
    for (const auto& [kind, handler] : jobs_) description.jobs.push_back(kind);
    description.schemas = schemas_;
    description.permissions = permissions_;
    return description;
  }

  HttpAnswer handle(const HttpCall& http, const Call& call) override {
    for (const auto& route : routes_)
      if (route->info.name == http.route) return route->run(Request{http, call});
    throw failure("no route " + http.route);
  }

  WriteSet on_event(const StoredEvent& event, const Call& call) override {
    WriteSet writes;
    for (const auto& [type, handler] : events_)
      if (type == event.type ||
          (type.ends_with('*') && event.type.starts_with(type.substr(0, type.size() - 1))))
        writes.merge(handler(event, call));
    return writes;
  }

  WriteSet on_events(const EventBatch& batch, const Call& call) override {
    if (!batches_) throw failure("takes events one by one");
    return batches_(batch, call);
  }

  WriteSet run_job(const JobCall& job, const Call& call) override {
    const auto found = jobs_.find(job.kind);
    if (found == jobs_.end()) throw failure("no job " + job.kind);
    return found->second(job, call);
  }

 protected:
  // A handler is `Answer<A> (T::*)(const Q&, const Request&)`, without a body
  // `Answer<A> (T::*)(const Request&)`, or one of these with FileAnswer.
  template <class T, class A, class Q>
  Route& route(std::string method, std::string path, std::string name, T* self,
               A (T::*handler)(const Q&, const Request&)) {
    Route& route = add_route(std::move(method), std::move(path), std::move(name));
    if constexpr (!std::is_same_v<Q, Nothing>) route.info.request_type = declare<Q>();
    declare_answer<A>(route);
    const Route* p = &route;
    route.run = [self, handler, p](const Request& request) {
      const std::string_view body = request.http.body.view();
      return answer(*p, (self->*handler)(from_json<Q>(body.empty() ? "{}" : body, Reading::strict),
                                         request));
    };
    return route;
  }
  template <class T, class A>
  Route& route(std::string method, std::string path, std::string name, T* self,
               A (T::*handler)(const Request&)) {
    Route& route = add_route(std::move(method), std::move(path), std::move(name));
    declare_answer<A>(route);
    const Route* p = &route;
    route.run = [self, handler, p](const Request& request) {
      return answer(*p, (self->*handler)(request));
    };
    return route;
  }
  // `WriteSet (T::*)(const JobCall&, const Call&)`
  template <class T>
  void job(std::string kind, T* self, WriteSet (T::*handler)(const JobCall&, const Call&)) {
    jobs_[std::move(kind)] = [self, handler](const JobCall& job, const Call& call) {
      return (self->*handler)(job, call);
    };
  }
  template <class T>
  void on(std::string type, T* self, WriteSet (T::*handler)(const StoredEvent&, const Call&)) {
    events_.emplace_back(std::move(type), [self, handler](const StoredEvent& e, const Call& call) {
      return (self->*handler)(e, call);
    });
  }
  // Instead of `on`: many at a time, in order. `WriteSet (T::*)(const EventBatch&, const Call&)`
  template <class T>
  void on_all(std::vector<std::string> types, T* self,
              WriteSet (T::*handler)(const EventBatch&, const Call&)) {
    batch_types_ = std::move(types);
    batches_ = [self, handler](const EventBatch& batch, const Call& call) {
      return (self->*handler)(batch, call);
    };
  }
  template <class Input>
  void hook_point(HookPointInfo info) {
    info.input_type = declare<Input>();
    hook_points_.push_back(std::move(info));
  }

  // Names what a role may allow.
  void permission(PermissionInfo info) { permissions_.push_back(std::move(info)); }

  Host& host() const { return host_; }

 private:
  Route& add_route(std::string method, std::string path, std::string name) {
    Route& route = *routes_.emplace_back(std::make_unique<Route>());
    route.info.method = std::move(method);
    route.info.path = std::move(path);
    route.info.name = std::move(name);
    return route;
  }
  template <class T>
  std::string declare() {
    schema_of<T>(schemas_);
    return std::string(type_of<T>().name);
  }
  template <class A>
  void declare_answer(Route& route) {
    if constexpr (std::is_same_v<A, FileAnswer>) {
      route.info.produces = "application/octet-stream";
    } else {
      using Body = decltype(A::body);
      if constexpr (!std::is_same_v<Body, Nothing>)
        route.info.response_type = declare<Body>();
      else
        route.info.success_status = 204;
    }
  }
  template <class B>
  static HttpAnswer answer(const Route& route, Answer<B> from) {
    HttpAnswer out;
    out.status = from.status != 0 ? from.status : route.info.success_status;
    if constexpr (!std::is_same_v<B, Nothing>) out.body = Bytes(to_json(from.body));
    out.etag = std::move(from.etag);
    out.location = std::move(from.location);
    out.writes = std::move(from.writes);
    out.cookie = std::move(from.cookie);
    if (from.problem)
      out.problem = from_json<ErrorDocument>(error_document(*from.problem));
    return out;
  }
  static HttpAnswer answer(const Route& route, FileAnswer from) {
    HttpAnswer out;
    out.status = from.status != 0 ? from.status : route.info.success_status;
    out.content_type = std::move(from.content_type);
    out.filename = std::move(from.filename);
    out.body = Bytes(std::move(from.content));
    out.parts = std::move(from.parts);
    out.inlined = std::move(from.inlined);
    out.etag = std::move(from.etag);
    out.writes = std::move(from.writes);
    return out;
  }

  Host& host_;
  std::vector<std::unique_ptr<Route>> routes_;
  std::vector<HookPointInfo> hook_points_;
  std::vector<PermissionInfo> permissions_;
  std::vector<std::pair<std::string, std::function<WriteSet(const StoredEvent&, const Call&)>>>
      events_;
  std::vector<std::string> batch_types_;
  std::function<WriteSet(const EventBatch&, const Call&)> batches_;
  std::map<std::string, std::function<WriteSet(const JobCall&, const Call&)>> jobs_;
  Json schemas_ = Json::object();
};

}  // namespace cinnabar
