// cinnabar.hooks/1: asks the owner's script at a hook point. A domain calls it at the points that
// it declared; where nobody provides it the call fails, so that a gate stays closed. Thread-safety:
// any thread.
#pragma once

#include <cinnabar/service.hpp>

namespace cinnabar {

struct HookRequest {
  std::string point;  // "contract.before_send"
  Json input;         // as the point's input type describes
};
CINNABAR_DESCRIBE(HookRequest, point, input)

struct HookCommand {
  std::string name;  // "notify", "tag"
  Json arguments;
};
CINNABAR_DESCRIBE(HookCommand, name, arguments)

// A denial is not a decision but an error, thrown by the call: code "hook.denied" with parameters
// `hook_code` and `text`. So are, at gates, "hook.failed" (the script broke or broke a limit).
struct HookDecision {
  bool ran = false;                 // false: the owner has no script for the point
  std::string script;               // content hash of the version that ran
  std::map<std::string, Json> set;  // amendments by pointer
  std::vector<HookCommand> commands;
};
CINNABAR_DESCRIBE(HookDecision, ran, script, set, commands)

class Hooks {
 public:
  using Interface = Hooks;
  virtual ~Hooks() = default;
  virtual HookDecision run(const HookRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Hooks, "cinnabar.hooks/1", run)

}  // namespace cinnabar
