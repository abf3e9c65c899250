// `cinnabar plugin list|info|check|enable|disable`: what is installed, whether a plugin keeps to
// the contract, and its switches, on the data of a stopped or a running server. Main thread.
#pragma once

#include "kernel/plugin/plugin_host.hpp"

namespace cinnabar::kernel {

struct PluginCommand {
  std::vector<std::string> arguments;  // without "plugin"; --json and --help among them or apart
  bool json = false;
  PluginSettings settings;
  std::string database = "sqlite";  // name of the database driver
};

// Returns the exit code: 0 done, 1 no, 2 not understood. Prints to standard output.
int plugin_command(const PluginCommand& command);

}  // namespace cinnabar::kernel
