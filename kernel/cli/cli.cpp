#include "kernel/cli/cli.hpp"

#include "kernel/cli/commands.hpp"
#include "kernel/cli/options.hpp"
#include "kernel/plugin/host_process.hpp"
#include "kernel/plugin/plugin_command.hpp"

#include <cstdio>
#include <functional>

namespace cinnabar::kernel {
namespace {

constexpr const char* kHelp = R"(cinnabar - a self-hosted electronic signature platform

  cinnabar serve [--port N] [--data DIR] [--config FILE] [--address A] [--demo] [--safe-mode]
      Serves until it is stopped. Needs nothing else: what is missing is made in DIR.
      --safe-mode: without any plugin that did not come with the installation.
  cinnabar plugin list|info|enable|disable ...
      What is installed; switches it on and off for the installation or for one enterprise.
  cinnabar doctor [--data DIR] [--json]
      Says what is wrong, and what to do. Exit code 1 when something is.
  cinnabar migrate [--data DIR]
      Brings the database to this version.
  cinnabar config
      Prints every setting with its default and its meaning.
  cinnabar version

Options of all: --config FILE, --set key=value, --json where a program reads the answer, --help.
)";

struct BuiltinCommand {
  const char* name;
  std::function<int(const Options&)> run;
};

const std::vector<BuiltinCommand>& builtin_commands() {
  static const std::vector<BuiltinCommand> kCommands = {
      {"serve", &serve_command},   {"doctor", &doctor_command},   {"migrate", &migrate_command},
      {"config", &config_command}, {"version", &version_command}, {"plugin", &plugin_cli_command},
  };
  return kCommands;
}

int run(const std::string& name, const std::vector<std::string>& arguments) {
  if (name == "plugin" && !arguments.empty() && !knows_plugin_command(arguments[0]))
    return plugin_brought_command("plugin-" + arguments[0],
                                  {arguments.begin() + 1, arguments.end()});
  for (const BuiltinCommand& command : builtin_commands()) {
    if (command.name != name) continue;
    const Options options = parse_options(arguments);
    if (!options.help || name == "plugin") return command.run(options);
    std::fputs(kHelp, stdout);
    return 0;
  }
  return plugin_brought_command(name, arguments);
}

}  // namespace

int run_command_line(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "help";
  if (name == "plugin-host") return run_plugin_host(argc, argv);
  if (name == "help" || name == "--help" || name == "-h") {
    std::fputs(kHelp, stdout);
    print_brought_commands();
    return 0;
  }
  try {
    return run(name, {argv + 2, argv + argc});
  } catch (const Error& error) {
    std::fprintf(stderr, "cinnabar: %s\n", describe_error(error).c_str());
    return error.code() == "cli.usage" || error.code().ends_with(".usage") ? 2 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cinnabar: %s\n", error.what());
    return 1;
  }
}

}  // namespace cinnabar::kernel
