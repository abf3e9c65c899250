// Samples: calls that a plugin of a known kind should answer well. Functions; one thread.
#pragma once

#include "check/auth_driver.hpp"

namespace cinnabar::authoring {

// For one identity and one configuration of it, through a running session: those of the kinds that
// the manifest names, and those of check.json ("samples": [{"interface", "method", "request"}]).
std::vector<Sample> samples_for(Session& session, const Identity& who, const std::string& config);

Sample seal_sample(const std::string& text, int variant);
Sample notification_sample(const Identity& who, int variant);

// The names of the methods of an interface that the SDK knows; empty: it is not one of those.
std::vector<std::string> known_methods(std::string_view interface);

}  // namespace cinnabar::authoring
