// What a browser needs and brings: the session's cookie (RFC 6265), the proof that a page of ours
// asks and not a stranger's, and which other origins may read answers (CORS, the Fetch standard).
// Pure functions; any thread.
#pragma once

#include "kernel/api/core.hpp"

namespace cinnabar::kernel {

// Holds the session's token.
inline constexpr std::string_view kSessionCookie = "cinnabar_session";
// The Set-Cookie header: not for scripts, not from other sites, over TLS only where there is TLS.
std::string session_cookie(const SessionCookie& cookie, bool secure);
// With which a page shows that it may read answers of ours: an HMAC of the session by the
// installation's secret, in hex.
std::string csrf_token(const ApiCore& core, const std::string& session);
// A cookie comes along with whatever a browser is led to send: what changes something needs the
// proof besides, and must not come from another site. Throws Error "auth.csrf".
void check_same_site(const ApiCore& core, const HttpRequest& request, const SubjectInfo& subject);
// The cookie of an answer, and the proof for who came by cookie or just got one.
void add_session_headers(const ApiCore& core, const HttpRequest& request, const HttpAnswer& answer,
                         const std::string& session, HttpResponse& response);
// For origins that the configuration lists; never with cookies.
void add_cors_headers(const ApiSettings& settings, const HttpRequest& request,
                      HttpResponse& response);

}  // namespace cinnabar::kernel
