// Who speaks: a request's signature or access token, and the key behind it. Any thread.
#pragma once

#include "keys.hpp"

#include <cinnabar/services/caller.hpp>

namespace cinnabar::apikeys {

// A person is left empty when the credentials are none of ours. Throws Errors "api_key.*".
Caller who_speaks(const Host& host, const CallerRequest& request, const Call& call,
                  const Sealing& sealing);

}  // namespace cinnabar::apikeys
