// Credentials: who calls, by what a request brings: a session's token, a session's cookie, or what
// only a plugin of cinnabar.caller/1 understands. What a key may do beside what its person may is
// decided here as well. Stateless; any thread.
#pragma once

#include "kernel/api/core.hpp"
#include "kernel/plugin/call_context.hpp"

#include <cinnabar/services/caller.hpp>

namespace cinnabar::kernel {

struct KnownCaller {
  SubjectInfo subject;
  std::vector<std::string> permissions;  // of the key, if it is one
  WriteSet writes;                       // to commit with the request
  bool by_cookie = false;
  // Whose requests are counted together.
  const std::string& name() const {
    return subject.key.empty() ? subject.session : subject.key;
  }
};

// `head_only`: the body has not come yet. Throws Errors "auth.*", and what the plugin throws.
KnownCaller identify(const ApiCore& core, const HttpRequest& request, CallContext& context,
                     bool head_only);

// Whether the route is among what a key is for. Throws Error "auth.key_limited".
void check_key_may(const KnownCaller& caller, const RouteInfo& route,
                   const std::map<std::string, std::string>& params);

}  // namespace cinnabar::kernel
