// What an operator's or an administrator's command asks a running server over its API. The address
// and the token come from the environment, so that the token stays out of the list of processes.
// One thread.
#pragma once

#include <string>

namespace cinnabar::authoring {

// The body of the answer to a request below /api/v1. Throws Error "authoring.refused" with what the
// server says, "authoring.no_answer", and "authoring.usage" when the environment is not set.
std::string ask_server(const std::string& method, const std::string& path,
                       const std::string& body = {});

}  // namespace cinnabar::authoring
