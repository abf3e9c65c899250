// ApiCore: what the API and its requests share. Inside the API area only. Immutable but for what
// counts; any thread.
#pragma once

#include "kernel/api/api.hpp"
#include "kernel/api/body_room.hpp"
#include "kernel/api/idempotency.hpp"
#include "kernel/api/rate_limit.hpp"
#include "kernel/api/router.hpp"

#include <cinnabar/http_text.hpp>

namespace cinnabar::kernel {

inline constexpr std::string_view kDomainInterface = "cinnabar.domain/1";

struct ApiCore {
  ApiCore(ApiParts the_parts, ApiSettings the_settings)
      : parts(std::move(the_parts)),
        settings(std::move(the_settings)),
        problems(parts.error_text),
        in_flight(settings.waiting_max),
        upload_room(settings.upload_room),
        session_limit(settings.requests_per_minute),
        open_limit(settings.open_requests_per_minute) {}

  std::string locale_of(const HttpRequest& request) const {
    return choose_locale(request.header("accept-language"), settings.locale);
  }
  ProblemContext problem_context(const HttpRequest& request) const {
    return {locale_of(request), request.id};
  }
  // The route of a request, or the response when there is none: 404, or 405 with Allow.
  RouteMatch find_route(const RouteTables& routes, const HttpRequest& request,
                        std::optional<HttpResponse>& refusal) const;

  const ApiParts parts;
  const ApiSettings settings;
  const Problems problems;
  InFlight in_flight;
  BodyRoom upload_room;
  RateLimit session_limit;
  RateLimit open_limit;
};

// The kernel's own addresses beside the API: health and metrics. Nothing: not one of them.
std::optional<HttpResponse> system_page(const ApiCore& core, const HttpRequest& request);
// Those that take neither database nor lock.
std::optional<HttpResponse> inline_page(const HttpRequest& request);

}  // namespace cinnabar::kernel
