// What of an input may be kept: fields that the point describes as secret or personal are left out.
// Pure; any thread.
#pragma once

#include <cinnabar/value.hpp>

#include <string>

namespace cinnabar::hooks {

// `type`: the name of the input's type in `schemas`, as the domains describe them. What no schema
// describes stays; without a schema nothing does.
Json masked(const Json& input, const std::string& type, const Json& schemas);

}  // namespace cinnabar::hooks
