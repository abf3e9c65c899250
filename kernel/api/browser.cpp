#include "kernel/api/browser.hpp"

#include "kernel/api/idempotency.hpp"
#include "kernel/base/ids.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace cinnabar::kernel {
namespace {

constexpr const char* kExposed =
    "Content-Disposition, ETag, Idempotency-Replayed, Location, RateLimit-Limit, "
    "RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id";
constexpr const char* kTaken =
    "Accept-Language, Authorization, Cinnabar-Acting-For, Content-Digest, Content-Disposition, "
    "Content-Type, Idempotency-Key, If-Match, If-None-Match, Signature, Signature-Input, "
    "traceparent, X-Request-Id";
constexpr const char* kPreflightMaxAgeS = "600";

bool is_reading(const HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

bool is_secure(const ApiCore& core, const HttpRequest& request) {
  return core.settings.tls || request.header("x-forwarded-proto") == "https";
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// "https://host:port" without its scheme; the scheme may have been another before a proxy.
std::string_view host_of(std::string_view origin) {
  const std::size_t slashes = origin.find("://");
  return slashes == std::string_view::npos ? origin : origin.substr(slashes + 3);
}

}  // namespace

std::string session_cookie(const SessionCookie& cookie, bool secure) {
  const std::int64_t age = cookie.token.empty() ? 0 : cookie.max_age_s;
  return std::string(kSessionCookie) + "=" + cookie.token + "; Path=/; Max-Age=" +
         std::to_string(age) + "; HttpOnly; SameSite=Strict" + (secure ? "; Secure" : "");
}

std::string csrf_token(const ApiCore& core, const std::string& session) {
  return keyed_digest("csrf\n" + session, core.settings.fingerprint_secret);
}

void check_same_site(const ApiCore& core, const HttpRequest& request, const SubjectInfo& subject) {
  if (is_reading(request)) return;
  const std::string_view site = request.header("sec-fetch-site");
  const std::string_view origin = request.header("origin");
  const bool from_here = (site.empty() || site == "same-origin") &&
                         (origin.empty() || host_of(origin) == request.header("host"));
  if (!from_here || !same(request.header("x-csrf-token"), csrf_token(core, subject.session)))
    throw Error("auth.csrf");
}

void add_session_headers(const ApiCore& core, const HttpRequest& request, const HttpAnswer& answer,
                         const std::string& session, HttpResponse& response) {
  std::string kept = session;
  if (answer.cookie) {
    response.headers.emplace_back("Set-Cookie",
                                  session_cookie(*answer.cookie, is_secure(core, request)));
    kept = answer.cookie->token.empty() ? std::string() : sha256_hex(answer.cookie->token);
  }
  if (!kept.empty()) response.headers.emplace_back("X-CSRF-Token", csrf_token(core, kept));
}

void add_cors_headers(const ApiSettings& settings, const HttpRequest& request,
                      HttpResponse& response) {
  if (settings.origins.empty()) return;
  response.headers.emplace_back("Vary", "Origin");
  const std::string_view origin = request.header("origin");
  const auto& known = settings.origins;
  if (std::find(known.begin(), known.end(), origin) == known.end()) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", std::string(origin));
  response.headers.emplace_back("Access-Control-Expose-Headers", kExposed);
  if (request.method != "OPTIONS") return;
  const auto allowed = std::find_if(response.headers.begin(), response.headers.end(),
                                    [](const auto& header) { return header.first == "Allow"; });
  if (allowed == response.headers.end()) return;
  response.headers.emplace_back("Access-Control-Allow-Methods", std::string(allowed->second));
  response.headers.emplace_back("Access-Control-Allow-Headers", kTaken);
  response.headers.emplace_back("Access-Control-Max-Age", kPreflightMaxAgeS);
}

}  // namespace cinnabar::kernel
