#include "kernel/cli/options.hpp"

#include <cinnabar/error.hpp>

namespace cinnabar::kernel {
namespace {

Error usage(std::string reason) { return Error("cli.usage", {{"reason", std::move(reason)}}); }

}  // namespace

Options parse_options(const std::vector<std::string>& arguments) {
  static const std::map<std::string, std::string> kSettings = {
      {"--data", "storage.data"}, {"--port", "server.port"}, {"--address", "server.address"}};
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const auto value = [&]() -> const std::string& {
      if (++i == arguments.size()) throw usage(argument + " needs a value");
      return arguments[i];
    };
    if (const auto found = kSettings.find(argument); found != kSettings.end()) {
      options.settings[found->second] = value();
    } else if (argument == "--config") {
      options.config_file = value();
    } else if (argument == "--demo") {
      options.settings["access.demo"] = "true";
    } else if (argument == "--safe-mode") {
      options.settings["plugins.safe_mode"] = "true";
    } else if (argument == "--set") {
      const std::string& text = value();
      const std::size_t equals = text.find('=');
      if (equals == std::string::npos) throw usage("--set takes key=value");
      options.settings[text.substr(0, equals)] = text.substr(equals + 1);
    } else if (argument == "--json") {
      options.json = true;
    } else if (argument == "--help" || argument == "-h") {
      options.help = true;
    } else {
      options.rest.push_back(argument);
    }
  }
  return options;
}

}  // namespace cinnabar::kernel
