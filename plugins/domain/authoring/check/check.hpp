// Whether a plugin keeps to the contract: its package, its symbols, and how its code behaves when
// it is loaded, configured, called and made to fail. Main thread of a process with one thread.
#pragma once

#include "check/report.hpp"

#include <filesystem>
#include <set>

namespace cinnabar::authoring {

// `place`: a plugin's folder, or a library with its plugin.json beside it. Stops after the step
// that makes the following ones impossible. `only`: those of these names; empty: all. `fixture`:
// what the check cannot know; empty: check.json beside plugin.json, if any.
std::vector<CheckStep> check_plugin(const std::filesystem::path& place,
                                    const std::set<std::string>& only = {},
                                    const std::filesystem::path& fixture = {});

// What may stand in `only`.
std::vector<std::string> check_names();

}  // namespace cinnabar::authoring
