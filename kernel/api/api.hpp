// Api: everything under /api/v1 and the pages of the site, from what the domains declare; beside
// them health and metrics.
//
// A request's way: route, credentials, the subject's snapshot (is the plugin switched on?),
// authorisation, idempotency, the domain's handler, one commit, the response. See request_run.hpp.
// Built once after the plugins started, immutable then but for its counters; owned by the
// composition root, which hands its three functions to the HTTP server. Any thread.
#pragma once

#include "kernel/api/content.hpp"
#include "kernel/api/metrics.hpp"
#include "kernel/api/problem.hpp"
#include "kernel/db/committer.hpp"
#include "kernel/plugin/registry.hpp"
#include "kernel/tenancy/access.hpp"

namespace cinnabar::kernel {

struct ApiSettings {
  std::string base_path = "/api/v1";
  std::string locale = "en";  // when the client names neither of our languages
  // A contract with a thousand controls is some 300 KB of JSON.
  std::int64_t json_size_max = 4 << 20;
  std::int64_t upload_room = 128 << 20;  // bytes of uploads held in memory at a time
  int deadline_ms = 60'000;          // of one request's work
  int attempts_max = 5;              // of a command that met another's change
  int requests_per_minute = 0;       // of one session; 0: no limit
  int open_requests_per_minute = 0;  // without a session, from one address; 0: no limit
  int waiting_max = 12;              // requests that may wait for another with their key
  std::string fingerprint_secret;    // of the installation; see idempotency.hpp
  bool safe_mode = false;            // said by /readyz
  bool tls = false;                  // the server speaks TLS itself
  std::vector<std::string> origins;  // whose pages may read answers
};

// What the API works with; all of it outlives the API.
struct ApiParts {
  Registry& registry;
  const Db& db;
  std::function<void(Commit)> commit;  // Committer::commit
  ContentStore& content;
  const Access& access;
  const Clocks& clocks;
  Metrics& metrics;
  Problems::Lookup error_text;  // of plugins; may be empty
  // May be empty. Why requests cannot be carried out now; nothing: they can.
  std::function<std::optional<std::string>()> not_ready;
};

struct ApiCore;

class Api {
 public:
  // Asks every domain for its description. Throws Error "route.conflict", "route.invalid".
  Api(ApiParts parts, ApiSettings settings);
  ~Api();

  HttpResponse handle(const HttpRequest& request);                              // on a worker
  BodyRule body_rule(const HttpRequest& request);                               // on an I/O thread
  std::optional<HttpResponse> answer_inline(const HttpRequest& request) const;  // likewise
  HttpResponse refuse(const Error& error, const HttpRequest& request) const;    // likewise
  // All four, for the server. The API must outlive the server's run.
  HttpHandlers handlers();

 private:
  std::unique_ptr<ApiCore> core_;
};

}  // namespace cinnabar::kernel
