// cinnabar.command/1: commands of the command line that a plugin brings ("cinnabar verify FILE").
// The manifest names them. They run in a process of their own, without a server around them; the
// only services there are those that need neither database nor blobs.
#pragma once

#include <cinnabar/service.hpp>

namespace cinnabar {

struct CommandCall {
  std::string name;
  std::vector<std::string> arguments;
  std::string executable;  // path of the cinnabar binary
  std::string plugin_folder;  // where this plugin's own files lie
};
CINNABAR_DESCRIBE(CommandCall, name, arguments, executable, plugin_folder)

struct CommandResult {
  int exit_code = 0;
};
CINNABAR_DESCRIBE(CommandResult, exit_code)

class Command {
 public:
  using Interface = Command;
  virtual ~Command() = default;
  virtual CommandResult run(const CommandCall&, const Call&) = 0;
};
CINNABAR_SERVICE(Command, "cinnabar.command/1", run)

}  // namespace cinnabar
