// The commands of the kernel itself. Each returns the process's exit code.
#pragma once

#include "kernel/cli/options.hpp"

#include <cinnabar/error.hpp>

namespace cinnabar::kernel {

int serve_command(const Options& options);
int doctor_command(const Options& options);
int migrate_command(const Options& options);
int config_command(const Options& options);
int version_command(const Options& options);
int plugin_cli_command(const Options& options);

// Runs a command that a plugin's manifest names. Throws Error "cli.usage" for an unknown one.
int plugin_brought_command(const std::string& name, const std::vector<std::string>& arguments);
// Those whose name begins with `prefix`; "plugin-x" is shown as "plugin x".
void print_brought_commands(std::string_view prefix = {});

// An error in words, from the texts of the kernel and of every plugin that can be found.
std::string describe_error(const Error& error);

}  // namespace cinnabar::kernel
