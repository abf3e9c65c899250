// `cinnabar plugin install|remove|admit|expel|offer|withdraw|release`: what an operator decides
// about plugins that others bring. See docs/decisions/0011-who-may-bring-code.md. Main thread.
#pragma once

#include "kernel/plugin/catalogue.hpp"
#include "kernel/plugin/plugin_command.hpp"

namespace cinnabar::kernel {

bool is_package_verb(std::string_view verb);

// The exit code; throws Error. `arguments` stand behind the verb.
int package_command(const PluginCommand& command, const std::string& verb,
                    const std::vector<std::string>& arguments);

// Of the data folder; empty: there is no readable database yet.
package::Catalogue catalogue_of(const PluginCommand& command);

}  // namespace cinnabar::kernel
