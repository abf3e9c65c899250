// Samples: calls that a plugin of a known kind should answer well. Functions; one thread.
#pragma once

#include "check/auth_driver.hpp"
#include "check/endpoint.hpp"

namespace cinnabar::authoring {

// For one identity and one configuration of it, through a running session: those of the kinds that
// the manifest names, and those of check.json ("samples": [{"interface", "method", "request"}]).
std::vector<Sample> samples_for(Session& session, const Identity& who, const std::string& config);

Sample seal_sample(const std::string& text, int variant);
Sample notification_sample(const Identity& who, int variant);

// Whether one of them is answered well. Where none is, a step looks at errors only, and says so.
bool any_answered(const Session& session, const std::vector<Sample>& samples,
                  const Setting& setting);
inline constexpr const char* kOnlyErrors =
    "only errors were looked at: no call that was made up for it is answered well; say in "
    "check.json what it needs";
inline constexpr const char* kNoStart = "left out: it does not start here";

// Whether it is called by methods and documents; stores have tables of functions instead.
bool is_service(std::string_view interface);
// The names of the methods of an interface that the SDK knows; empty: it is not one of those.
std::vector<std::string> known_methods(std::string_view interface);

// The configuration with every address in it replaced by the endpoint's.
std::string sent_to(const Subject& subject, const Endpoint& endpoint);
// What the endpoint of a channel answers: check.json may know ("endpoint").
std::string endpoint_answer(const Subject& subject);

}  // namespace cinnabar::authoring
