// `cinnabar plugin reference`: the interfaces, as the SDK's headers describe them.
#include "commands.hpp"
#include "reference/reference.hpp"

#include <cinnabar/error.hpp>

#include <cstdio>

namespace cinnabar::authoring {
namespace {

constexpr const char* kHelp = R"(cinnabar plugin reference [INTERFACE]
    Prints the methods and structs of every interface, or of one: cinnabar.seal-type/1. Markdown.
)";

}  // namespace

int plugin_reference(const CommandCall& command) {
  if (command.arguments.empty()) return std::fputs(reference_page().c_str(), stdout) < 0 ? 1 : 0;
  const std::string& wanted = command.arguments[0];
  if (wanted == "--help" || wanted == "-h") {
    std::fputs(kHelp, stdout);
    return 0;
  }
  for (const InterfaceInfo& interface : described_interfaces()) {
    if (interface.id != wanted) continue;
    std::vector<const Type*> known;
    std::fputs(interface_markdown(interface, known).c_str() + 1, stdout);
    return 0;
  }
  throw Error("authoring.usage", {{"reason", "There is no interface " + wanted}});
}

}  // namespace cinnabar::authoring
