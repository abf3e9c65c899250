// `cinnabar plugin exchange`: puts an installed version of a plugin in the place of the one that a
// server runs.
#include "commands.hpp"

#include <cinnabar/ask_server.hpp>
#include <cinnabar/package/folder.hpp>

#include <cstdio>

namespace cinnabar::authoring {
namespace {

constexpr const char* kHelp = R"(cinnabar plugin exchange ID VERSION
    Asks the server at CINNABAR_URL, with an operator's token in CINNABAR_TOKEN, to run the version,
    which is installed there. No request fails.
)";

}  // namespace

int plugin_exchange(const CommandCall& command) {
  const auto& arguments = command.arguments;
  for (const std::string& argument : arguments)
    if (argument == "--help" || argument == "-h") {
      std::fputs(kHelp, stdout);
      return 0;
    }
  if (arguments.size() != 2)
    throw Error("authoring.usage", {{"reason", "plugin exchange takes ID VERSION"}});
  for (const std::string& argument : arguments)
    if (const std::string problem = package::path_problem(argument); !problem.empty())
      throw Error("authoring.usage", {{"reason", argument + " " + problem}});
  ask_server("PUT", "/plugins/" + arguments[0] + "/versions/" + arguments[1]);
  std::printf("%s %s runs.\n", arguments[0].c_str(), arguments[1].c_str());
  return 0;
}

}  // namespace cinnabar::authoring
