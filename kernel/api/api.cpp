#include "kernel/api/api.hpp"

#include "kernel/api/answer.hpp"
#include "kernel/api/browser.hpp"
#include "kernel/api/request_run.hpp"
#include "kernel/log/log.hpp"

#include <algorithm>
#include <charconv>

namespace cinnabar::kernel {
namespace {

void require_type(const HttpRequest& request, const std::vector<std::string>& types) {
  const std::string given = media_type_of(request.header("content-type"));
  if (std::find(types.begin(), types.end(), given) != types.end()) return;
  std::string wanted;
  for (const std::string& type : types) wanted += (wanted.empty() ? "" : ", ") + type;
  throw Error("request.type_unsupported",
              {{"given", given.empty() ? "(none)" : given}, {"wanted", wanted}});
}

// W3C Trace Context: "00-<32 hex trace id>-<16 hex>-<2 hex>"; the trace id, or nothing.
std::string_view trace_id(std::string_view traceparent) {
  if (traceparent.size() < 55 || traceparent[2] != '-' || traceparent[35] != '-') return {};
  const std::string_view id = traceparent.substr(3, 32);
  return from_hex(id) ? id : std::string_view();
}

// What the log and the metrics hear of a request.
void record(ApiCore& core, const HttpRequest& request, const HttpResponse& response,
            const std::string& route, const SubjectInfo& subject, std::int64_t took_us) {
  const std::string status = std::to_string(response.status);
  core.parts.metrics
      .counter("cinnabar_http_requests_total", "Requests by route and status.",
               {{"route", route}, {"status", status}})
      .add();
  core.parts.metrics
      .histogram("cinnabar_http_request_seconds", "How long requests took.", {{"route", route}})
      .observe_us(static_cast<std::uint64_t>(took_us));
  log_info("request", {{"method", request.method},
                       {"path", request.path},
                       {"status", status},
                       {"us", std::to_string(took_us)},
                       {"person", subject.person},
                       {"owner", subject.owner()},
                       {"key", subject.key},
                       {"request_id", request.id},
                       {"trace", trace_id(request.header("traceparent"))}});
}

std::int64_t microseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               start)
      .count();
}

// An error as a response; what is our own fault goes to the log with its reasons.
HttpResponse explain(const ApiCore& core, const Error& error, const HttpRequest& request) {
  HttpResponse response = core.problems.render(error, core.problem_context(request));
  if (response.status >= 500)
    log_error("request failed", {{"detail", error.what()},
                                 {"method", request.method},
                                 {"path", request.path},
                                 {"request_id", request.id}});
  return response;
}

HttpResponse run(ApiCore& core, const HttpRequest& request) {
  const auto start = std::chrono::steady_clock::now();
  RequestRun run(core, request);
  HttpResponse response;
  try {
    auto refusal = run.admit();
    response = refusal ? std::move(*refusal) : run.carry_out();
  } catch (const Error& error) {
    response = explain(core, error, request);
  } catch (const std::exception& error) {
    response = explain(core, failure(error.what()), request);
  }
  run.add_limit_headers(response);
  record(core, request, response, run.route() ? run.route()->info.name : "none", run.subject(),
         microseconds_since(start));
  return response;
}

// Room in memory for an upload that the route would hold there; null when it is to be staged. One
// that is sent in chunks has no size beforehand.
std::shared_ptr<const void> room_for(ApiCore& core, const RouteInfo& info,
                                     const HttpRequest& head) {
  const std::string_view length = head.header("content-length");
  std::int64_t size = 0;
  const auto read = std::from_chars(length.data(), length.data() + length.size(), size);
  if (length.empty() || read.ec != std::errc() || size > info.upload_body_max) return nullptr;
  return core.upload_room.take(size);
}

// After the sender is known: how much body may come, and where an upload goes.
BodyRule admit_body(ApiCore& core, const HttpRequest& head) {
  BodyRule rule;
  RequestRun run(core, head);
  try {
    rule.refusal = run.admit(true);
    if (rule.refusal) return rule;
    const RouteInfo& info = run.route()->info;
    rule.size_max = info.consumes.empty() ? core.settings.json_size_max : info.upload_size_max;
    if (info.consumes.empty() || info.upload_body_max >= info.upload_size_max) return rule;
    rule.room = room_for(core, info, head);
    if (!rule.room) rule.stage_path = core.parts.content.stage();
    if (rule.room) rule.size_max = std::min(rule.size_max, info.upload_body_max);
  } catch (const Error& error) {
    rule.refusal = explain(core, error, head);
    run.add_limit_headers(*rule.refusal);
    add_cors_headers(core.settings, head, *rule.refusal);
  }
  return rule;
}

}  // namespace

RouteMatch ApiCore::find_route(const RouteTables& routes, const HttpRequest& request,
                               std::optional<HttpResponse>& refusal) const {
  RouteMatch match;
  const std::string& base = settings.base_path;
  if (request.path.size() > base.size() && request.path.starts_with(base) &&
      request.path[base.size()] == '/')
    match = routes.api.find(request.method, std::string_view(request.path).substr(base.size()));
  else
    match = routes.site.find(request.method, request.path);
  // Elsewhere it could be taken for a slash that separates.
  if (request.encoded_slash != std::string::npos &&
      (match.rest == std::string::npos || request.encoded_slash < match.rest)) {
    refusal = problems.render(Error("http.target_malformed"), problem_context(request));
    return {};
  }
  if (match.route) return match;
  if (match.allowed.empty()) {
    refusal = problems.render(Error("request.no_route", {{"path", request.path}}),
                              problem_context(request));
    return match;
  }
  std::string allowed;
  for (const std::string& method : match.allowed)
    allowed += (allowed.empty() ? "" : ", ") + method + (method == "GET" ? ", HEAD" : "");
  if (request.method == "OPTIONS") {
    refusal.emplace().status = 204;
    refusal->headers.emplace_back("X-Request-Id", request.id);
  } else {
    refusal = problems.render(
        Error("request.method_not_allowed",
              {{"path", request.path}, {"allowed", allowed}, {"method", request.method}}),
        problem_context(request));
  }
  refusal->headers.emplace_back("Allow", allowed);
  return match;
}

Api::Api(ApiParts parts, ApiSettings settings)
    : core_(std::make_unique<ApiCore>(std::move(parts), std::move(settings))) {}
Api::~Api() = default;

HttpResponse Api::handle(const HttpRequest& request) {
  try {
    if (auto page = system_page(*core_, request)) return std::move(*page);
  } catch (const Error& error) {
    return explain(*core_, error, request);
  }
  HttpResponse response = run(*core_, request);
  add_cors_headers(core_->settings, request, response);
  return response;
}

BodyRule Api::body_rule(const HttpRequest& request) {
  BodyRule rule;
  try {
    const auto generation = core_->parts.registry.generation();
    const RouteMatch match = core_->find_route(*generation->routes, request, rule.refusal);
    if (rule.refusal) return rule;
    const RouteInfo& info = match.route->info;
    if (info.method == "GET") throw Error("request.body_unexpected");
    require_type(request, info.consumes.empty() ? std::vector<std::string>{"application/json"}
                                                : info.consumes);
    rule.size_max = kUncheckedSizeMax;
    if (asked_at_head(info, request))
      rule.later = [core = core_.get(), head = request] { return admit_body(*core, head); };
  } catch (const Error& error) {
    rule.refusal = explain(*core_, error, request);
    add_cors_headers(core_->settings, request, *rule.refusal);
  }
  return rule;
}

std::optional<HttpResponse> Api::answer_inline(const HttpRequest& request) const {
  return inline_page(request);
}

HttpResponse Api::refuse(const Error& error, const HttpRequest& request) const {
  core_->parts.metrics
      .counter("cinnabar_http_faults_total", "Requests refused before they had a route.",
               {{"code", error.code()}})
      .add();
  return core_->problems.render(error, core_->problem_context(request));
}

HttpHandlers Api::handlers() {
  HttpHandlers handlers;
  handlers.handle = [this](const HttpRequest& request) { return handle(request); };
  handlers.body_rule = [this](const HttpRequest& request) { return body_rule(request); };
  handlers.answer_inline = [this](const HttpRequest& request) { return answer_inline(request); };
  handlers.refuse = [this](const Error& error, const HttpRequest& request) {
    return refuse(error, request);
  };
  return handlers;
}

}  // namespace cinnabar::kernel
