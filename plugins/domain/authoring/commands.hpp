// The commands of this plugin: `cinnabar plugin NAME` is the function plugin_NAME. Each prints its
// answer and returns the exit code; what stops it is an Error. One thread.
#pragma once

#include <cinnabar/services/command.hpp>

namespace cinnabar::authoring {

using CommandFunction = int (*)(const CommandCall&);

int plugin_check(const CommandCall&);
int plugin_configure(const CommandCall&);
int plugin_exchange(const CommandCall&);
int plugin_key(const CommandCall&);
int plugin_pack(const CommandCall&);
int plugin_new(const CommandCall&);
int plugin_reference(const CommandCall&);
int plugin_run(const CommandCall&);

}  // namespace cinnabar::authoring
