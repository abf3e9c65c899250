// The kernel's own addresses beside the API: health and metrics.
#include "kernel/api/core.hpp"
#include "kernel/plugin/call_context.hpp"

namespace cinnabar::kernel {
namespace {

HttpResponse text(std::string_view type, std::string body) {
  HttpResponse response;
  response.headers.emplace_back("Content-Type", std::string(type));
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

HttpResponse ready(const ApiCore& core) {
  if (core.parts.not_ready) {
    if (const auto reason = core.parts.not_ready())
      throw Error("unavailable", {{"reason", *reason}}, {}, CINNABAR_UNAVAILABLE);
  }
  core.parts.db.query("SELECT 1");
  return text("application/json", core.settings.safe_mode
                                      ? "{\"status\":\"ready\",\"safe_mode\":true}\n"
                                      : "{\"status\":\"ready\"}\n");
}

bool is_loopback(std::string_view address) {
  return address == "::1" || address.starts_with("127.") || address.starts_with("::ffff:127.");
}

// How a server is doing is for those who run it: from the machine itself, or operators.
HttpResponse metrics(const ApiCore& core, const HttpRequest& request) {
  if (!is_loopback(request.address)) {
    const std::string_view header = request.header("authorization");
    const std::string_view token = header.starts_with("Bearer ") ? header.substr(7) : "";
    CallContext context(core.parts.registry, core.parts.clocks, 0);
    if (!core.parts.access.authenticate(token, kActingForOneself, context).is_operator)
      throw Error("auth.operator_only");
  }
  return text("text/plain; version=0.0.4", core.parts.metrics.text());
}

bool is_system_path(std::string_view path) {
  for (const std::string_view known : {"/readyz", "/metrics", "/healthz", "/hello"})
    if (path == known) return true;
  return false;
}

bool is_reading(const HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

}  // namespace

std::optional<HttpResponse> inline_page(const HttpRequest& request) {
  if (!is_reading(request)) return std::nullopt;
  if (request.path == "/healthz") return text("application/json", "{\"status\":\"ok\"}\n");
  // What the HTTP layer itself costs is measured here.
  if (request.path == "/hello") return text("text/plain", "Hello from Cinnabar.\n");
  return std::nullopt;
}

std::optional<HttpResponse> system_page(const ApiCore& core, const HttpRequest& request) {
  if (!is_system_path(request.path)) return std::nullopt;
  if (!is_reading(request)) {
    HttpResponse response = core.problems.render(
        Error("request.method_not_allowed",
              {{"path", request.path}, {"allowed", "GET, HEAD"}, {"method", request.method}}),
        core.problem_context(request));
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  if (auto page = inline_page(request)) return page;
  if (request.path == "/readyz") return ready(core);
  return metrics(core, request);
}

}  // namespace cinnabar::kernel
