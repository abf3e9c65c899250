// Whether a plugin keeps to the contract: its package, its symbols, and how its code behaves when
// it is loaded and asked for things that it does not have. The code runs in a process of its own,
// so that a crash or a hang is a finding. Main thread of a process with one thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cinnabar::kernel {

struct CheckStep {
  std::string name;
  bool passed = false;
  std::string detail;  // what was wrong and what to do, or a figure
};

// `place`: a plugin's folder, or a library with its plugin.json beside it. Stops after the step
// that makes the following ones impossible.
std::vector<CheckStep> check_plugin(const std::filesystem::path& place);

}  // namespace cinnabar::kernel
