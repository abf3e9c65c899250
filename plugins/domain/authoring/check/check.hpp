// Whether a plugin keeps to the contract: its package, its symbols, and how its code behaves when
// it is loaded, configured, called and made to fail. Main thread of a process with one thread.
#pragma once

#include "check/report.hpp"

#include <filesystem>

namespace cinnabar::authoring {

// `place`: a plugin's folder, or a library with its plugin.json beside it. Stops after the step
// that makes the following ones impossible.
std::vector<CheckStep> check_plugin(const std::filesystem::path& place);

}  // namespace cinnabar::authoring
