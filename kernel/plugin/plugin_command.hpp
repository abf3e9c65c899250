// `cinnabar plugin list|info|enable|disable`: what is installed, and its switches, on the data of a
// stopped or a running server. Other sub-commands are brought by plugins. Main thread.
#pragma once

#include "kernel/plugin/plugin_host.hpp"

namespace cinnabar::kernel {

struct PluginCommand {
  std::vector<std::string> arguments;  // without "plugin"; --json and --help among them or apart
  bool json = false;
  PluginSettings settings;
  std::string database = "sqlite";  // name of the database driver
};

// False: a plugin may bring a command "plugin-VERB".
bool knows_plugin_command(std::string_view verb);

// Returns the exit code: 0 done, 1 no, 2 not understood. Prints to standard output.
int plugin_command(const PluginCommand& command);

}  // namespace cinnabar::kernel
