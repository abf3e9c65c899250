#include "kernel/api/credentials.hpp"

#include "kernel/api/answer.hpp"
#include "kernel/api/browser.hpp"
#include "kernel/base/ids.hpp"
#include "kernel/plugin/pinned_route.hpp"

#include <algorithm>

namespace cinnabar::kernel {
namespace {

constexpr std::string_view kBearer = "Bearer ";

std::string_view bearer_token(std::string_view value) {
  if (value.size() < kBearer.size() || media_type_of(value.substr(0, kBearer.size())) != "bearer")
    return {};
  value.remove_prefix(kBearer.size());
  while (value.starts_with(' ')) value.remove_prefix(1);
  return value;
}

CallerRequest described(const ApiCore& core, const HttpRequest& request, bool head_only) {
  CallerRequest out;
  out.authorization = request.header("authorization");
  out.method = request.method;
  out.scheme = core.settings.tls ? "https" : "http";
  out.authority = request.header("host");
  out.target = request.target;
  out.headers = request.headers;
  out.headers.erase("authorization");
  out.headers.erase("cookie");
  out.body_known = !head_only;
  if (!head_only)
    out.body_sha256 = request.staged_path.empty() ? sha256_hex(request.body)
                                                  : request.staged_sha256;
  out.address = request.address;
  return out;
}

// To say who speaks is as much as to make a session: a partner's plugin is not asked.
const Provider* provider_of_callers(const Snapshot& snapshot) {
  for (const std::string& name : snapshot.names(interface_id<Callers>())) {
    const Binding* bound = snapshot.find(interface_id<Callers>(), name);
    if (bound && bound->provider->manifest->permits("sessions")) return bound->provider;
  }
  return nullptr;
}

// Nothing when nobody knows of other credentials than sessions.
std::optional<KnownCaller> by_plugin(const ApiCore& core, const HttpRequest& request,
                                     CallContext& context, bool head_only) {
  const auto snapshot = context.snapshot("");
  const Provider* provider = provider_of_callers(*snapshot);
  if (!provider) return std::nullopt;
  const std::string locale = core.locale_of(request);
  const Client<Callers> callers(std::make_shared<PinnedRoute>(
      core.parts.registry, snapshot, context.call("", request.id, locale),
      std::string(interface_id<Callers>()), provider->name));
  Caller found = callers.identify(described(core, request, head_only));
  if (found.person.empty() || found.enterprise.empty() || found.key.empty()) return std::nullopt;
  KnownCaller caller;
  // Whether the person still belongs to the enterprise, authorisation finds out.
  caller.subject.person = std::move(found.person);
  caller.subject.acting_for = std::move(found.enterprise);
  caller.subject.key = std::move(found.key);
  caller.permissions = std::move(found.permissions);
  caller.writes = std::move(found.writes);
  return caller;
}

}  // namespace

KnownCaller identify(const ApiCore& core, const HttpRequest& request, CallContext& context,
                     bool head_only) {
  const std::string_view authorization = request.header("authorization");
  const std::string_view acting_for = request.header("cinnabar-acting-for");
  const std::string_view token = bearer_token(authorization);
  const bool is_signed = !request.header("signature-input").empty();
  const Access& access = core.parts.access;
  KnownCaller caller;
  if (!is_signed && !token.empty()) {
    try {
      caller.subject = access.authenticate(token, acting_for, context);
      return caller;
    } catch (const Error& error) {
      // What is no session's may be a token that a program was given.
      if (error.code() != "auth.session_invalid") throw;
    }
  }
  if (is_signed || !authorization.empty()) {
    if (auto program = by_plugin(core, request, context, head_only)) return std::move(*program);
    throw Error(token.empty() ? "auth.session_missing" : "auth.session_invalid");
  }
  const std::string_view cookie = cookie_of(request.header("cookie"), kSessionCookie);
  if (cookie.empty()) throw Error("auth.session_missing");
  caller.by_cookie = true;
  caller.subject = access.authenticate(cookie, acting_for, context);
  check_same_site(core, request, caller.subject);
  return caller;
}

void check_key_may(const KnownCaller& caller, const RouteInfo& route,
                   const std::map<std::string, std::string>& params) {
  if (caller.subject.key.empty()) return;
  const auto& held = caller.permissions;
  const auto named = params.find(route.enterprise);
  const bool elsewhere = named != params.end() && named->second != caller.subject.acting_for;
  const bool lacking = !route.permission.empty() &&
                       std::find(held.begin(), held.end(), route.permission) == held.end();
  if (route.self || route.operator_only || elsewhere || lacking)
    throw Error("auth.key_limited",
                {{"key", caller.subject.key}, {"permission", route.permission}});
}

}  // namespace cinnabar::kernel
