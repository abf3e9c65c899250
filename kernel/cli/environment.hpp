// Where this process stands: its configuration, its executable, where plugins lie. Pure of state.
#pragma once

#include "kernel/cli/options.hpp"
#include "kernel/config/config.hpp"
#include "kernel/plugin/plugin_host.hpp"

namespace cinnabar::kernel {

// The configuration from file, environment and flags; opens the log as it says.
Config read_config(const Options& options);
std::filesystem::path executable_path();
// The folders with plugins: beside the executable as built or as installed, and the configured
// ones.
std::vector<std::filesystem::path> plugin_folders(const Config& config);
PluginSettings plugin_settings(const Config& config);

}  // namespace cinnabar::kernel
