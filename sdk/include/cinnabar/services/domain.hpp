// cinnabar.domain/1: a piece of the business. Declares its routes, jobs, subscriptions and hook
// points as data, and carries them out. Authors derive from DomainPlugin (domain_plugin.hpp), which
// writes the declarations from described types. Thread-safety: any thread.
#pragma once

#include <cinnabar/service.hpp>
#include <cinnabar/write_set.hpp>

namespace cinnabar {

struct ParameterInfo {
  std::string name;
  std::string doc;
  bool required = false;
};
CINNABAR_DESCRIBE(ParameterInfo, name, doc, required)

// A system role that has a permission from the start, and how far. scope: own, department,
// enterprise; of a permission without scopes: enterprise.
struct RoleDefault {
  std::string role;
  std::string scope = "enterprise";
};
CINNABAR_DESCRIBE(RoleDefault, role, scope)

// What a role may allow, named by the plugin whose routes ask for it: "contract.initiate". What
// stands before the first dot is its module. The super administrator and the legal representative
// have them all.
struct PermissionInfo {
  std::string name;
  std::string title;  // English
  std::string title_zh;
  bool scoped = false;  // held for one's own objects, one's department's and below, or all
  std::vector<RoleDefault> roles;
};
CINNABAR_DESCRIBE(PermissionInfo, name, title, title_zh, scoped, roles)

// One HTTP route under /api/v1. The kernel does what it declares before the plugin is called. A
// route says who may: open, self, operator_only, permission or enterprise; one that does not is
// refused at the start.
struct RouteInfo {
  std::string method;   // GET, POST, PUT, PATCH, DELETE
  std::string path;     // "/contracts/{id}/sign"; the path of a page may end in "/{rest...}"
  std::string name;     // "contract.sign": operation id and permission
  std::string summary;  // English, one line
  std::string summary_zh;
  bool open = false;              // needs no credentials
  bool operator_only = false;     // of the installation, not of an enterprise
  std::string object;             // path parameter that names the object acted on; empty: none
  std::vector<std::string> roles;  // on the object; any of these may. Empty: any role.
  std::string idempotency = "none";  // none, accepted, required: the Idempotency-Key header
  bool audited = false;
  std::string request_type;   // name in DomainDescription.schemas; empty: no JSON body
  std::string response_type;  // empty: no JSON body
  int success_status = 200;
  std::string produces = "application/json";
  std::vector<std::string> consumes;  // content types of an upload; empty: JSON
  std::int64_t upload_size_max = 0;   // bytes
  std::int64_t upload_body_max = 0;   // up to this size it may be HttpCall.body
  std::vector<ParameterInfo> query;
  bool site = false;  // a page: the path counts from the root of the site, not from /api/v1
  bool self = false;  // whoever is signed in, about their own affairs
  // What the subject needs in the enterprise it acts for, or in the one that the path names. Acting
  // for oneself it is not asked for: one's own affairs are one's own.
  std::string permission;
  // Who handles the object for their enterprise may without the permission, too.
  bool handler = false;
  std::string enterprise;  // path parameter that names an enterprise; the subject is its member
};
CINNABAR_DESCRIBE(RouteInfo, method, path, name, summary, summary_zh, open, operator_only, object,
                  roles, idempotency, audited, request_type, response_type, success_status,
                  produces, consumes, upload_size_max, upload_body_max, query, site, self,
                  permission, handler, enterprise)

// A place where an enterprise's script may decide. gate: a failing script refuses the action.
struct HookPointInfo {
  std::string name;  // "contract.before_send"
  std::string doc;
  bool gate = true;
  std::string input_type;           // name in schemas
  std::vector<std::string> amends;  // pointers that allow{set=...} may set
};
CINNABAR_DESCRIBE(HookPointInfo, name, doc, gate, input_type, amends)

struct DomainDescription {
  std::vector<RouteInfo> routes;
  std::vector<HookPointInfo> hook_points;
  std::vector<std::string> subscriptions;  // event types; "contract.*" for a family, "*" for all
  // Its subscriptions come many at a time, by on_events, in the order of their sequence; none is
  // passed over: what fails is tried again, and later ones wait.
  bool ordered = false;
  std::vector<std::string> jobs;           // kinds
  Json schemas;                            // JSON Schema by type name
  std::vector<PermissionInfo> permissions;
};
CINNABAR_DESCRIBE(DomainDescription, routes, hook_points, subscriptions, ordered, jobs, schemas,
                  permissions)

struct DescribeRequest {};
CINNABAR_DESCRIBE_EMPTY(DescribeRequest)

// Who acts, and for whom.
struct SubjectInfo {
  std::string person;      // empty on open routes
  std::string acting_for;  // enterprise; empty: for oneself
  bool is_operator = false;
  std::string session;     // token_sha256; of a key: empty
  std::string key;         // id of the key with which a program speaks for the person; else empty
  // The tenant whose data the subject works on: the enterprise, or the person's own.
  const std::string& owner() const { return acting_for.empty() ? person : acting_for; }
};
CINNABAR_DESCRIBE(SubjectInfo, person, acting_for, is_operator, session, key)

// How far the subject's permission for the route goes. Acting for oneself: "enterprise".
struct ReachInfo {
  std::string scope = "own";             // own, department, enterprise
  std::vector<std::string> departments;  // of scope "department": one's own and all below
};
CINNABAR_DESCRIBE(ReachInfo, scope, departments)

// What is acted on, after authorisation.
struct ObjectInfo {
  std::string id;
  std::string owner;               // tenant it belongs to
  std::vector<std::string> roles;  // that the subject has on it
};
CINNABAR_DESCRIBE(ObjectInfo, id, owner, roles)

struct HttpCall {
  std::string route;
  std::map<std::string, std::string> params;
  std::map<std::string, std::string> query;
  Bytes body;            // JSON text, or a small upload; empty: none
  std::string upload;    // id of the uploaded content; empty: none
  std::int64_t upload_size = 0;
  std::string upload_type;
  std::string upload_name;  // as the client named it; not trusted
  SubjectInfo subject;
  ObjectInfo object;
  std::string if_match;  // without quotes
  std::string address;
  std::string user_agent;
  ReachInfo reach;
  std::string authorization;  // of an open route: what its header of that name says
};
CINNABAR_DESCRIBE(HttpCall, route, params, query, body, upload, upload_size, upload_type,
                  upload_name, subject, object, if_match, address, user_agent, reach,
                  (authorization, secret))

// A session kept by a browser: its token in a cookie that scripts cannot read.
struct SessionCookie {
  std::string token;  // empty: forget it
  std::int64_t max_age_s = 0;
};
CINNABAR_DESCRIBE(SessionCookie, (token, secret), max_age_s)

struct HttpAnswer {
  int status = 200;
  Bytes body;  // JSON, or content of content_type
  std::string content_type = "application/json";
  std::string filename;            // for downloads
  // What together is the content, instead of body: blob ids, and "inline:0" for the first of
  // `inlined`, which lies between them.
  std::vector<std::string> parts;
  std::vector<Bytes> inlined;
  std::string etag;                // without quotes
  std::string location;
  std::optional<ErrorDocument> problem;  // a refusal that nevertheless writes (a wrong code counts)
  WriteSet writes;
  std::optional<SessionCookie> cookie;
};
CINNABAR_DESCRIBE(HttpAnswer, status, body, content_type, filename, parts, inlined, etag, location,
                  problem, writes, cookie)

// An event as it was committed.
struct StoredEvent {
  std::int64_t sequence = 0;        // over all events
  std::int64_t chain_index = 0;     // within the aggregate, from 1
  std::string id;
  std::string type;
  std::string aggregate;
  std::string owner;
  std::string actor;
  Time at;
  Json data;
  std::string previous_hash;  // hex SHA-256; of the first: 64 zeros
  std::string hash;           // hex, over the stored bytes
  std::string stored;         // the bytes that were hashed
};
CINNABAR_DESCRIBE(StoredEvent, sequence, chain_index, id, type, aggregate, owner, actor, at, data,
                  previous_hash, hash, (stored, length(0, 1'000'000)))

// Their data is not read out; `stored` holds it.
struct EventBatch {
  std::vector<StoredEvent> events;
};
CINNABAR_DESCRIBE(EventBatch, events)

struct JobCall {
  std::string id;
  std::string kind;
  std::string owner;
  int attempt = 1;
  Json data;
};
CINNABAR_DESCRIBE(JobCall, id, kind, owner, attempt, data)

class Domain {
 public:
  using Interface = Domain;
  virtual ~Domain() = default;
  virtual DomainDescription describe(const DescribeRequest&, const Call&) = 0;
  virtual HttpAnswer handle(const HttpCall&, const Call&) = 0;
  virtual WriteSet on_event(const StoredEvent&, const Call&) = 0;
  virtual WriteSet on_events(const EventBatch&, const Call&) {
    throw failure("takes events one by one");
  }
  virtual WriteSet run_job(const JobCall&, const Call&) = 0;
};
CINNABAR_SERVICE(Domain, "cinnabar.domain/1", describe, handle, on_event, on_events,
                 run_job)

}  // namespace cinnabar
