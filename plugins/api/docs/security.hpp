// How callers give credentials, as OpenAPI says it: a person's session, by token or cookie, and a
// program's key, by signature or access token. Pure functions; any thread.
#pragma once

#include <cinnabar/services/domain.hpp>

namespace cinnabar {

// Where programs get access tokens, under /api/v1; without such a route there are no keys.
inline constexpr std::string_view kTokenPath = "/oauth/token";

// Name to title.
using PermissionTitles = std::map<std::string, std::string>;
// The components.
Json security_schemes(const PermissionTitles& permissions, bool keys);
// The ways to call one operation; an open one takes no credentials.
Json security_of(const RouteInfo& route, bool keys);

}  // namespace cinnabar
