// What `cinnabar plugin` can do for authors and operators: one function for each command in
// plugin.json.
#include "commands.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar::authoring {

class Authoring final : public Command {
 public:
  CommandResult run(const CommandCall& command, const Call&) override {
    static const std::map<std::string_view, CommandFunction> kCommands{
        {"plugin-check", &plugin_check},
        {"plugin-configure", &plugin_configure},
        {"plugin-exchange", &plugin_exchange},
        {"plugin-key", &plugin_key},
        {"plugin-pack", &plugin_pack},
        {"plugin-new", &plugin_new},
        {"plugin-reference", &plugin_reference},
        {"plugin-run", &plugin_run},
    };
    return {kCommands.at(command.name)(command)};
  }
};

}  // namespace cinnabar::authoring

CINNABAR_PLUGIN(cinnabar::authoring::Authoring)
