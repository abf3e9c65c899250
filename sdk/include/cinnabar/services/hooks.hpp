// cinnabar.hooks/1: asks the owner's script at a hook point. A domain calls it at the points that
// it declared; where nobody provides it the call fails, so that a gate stays closed. Thread-safety:
// any thread.
#pragma once

#include <cinnabar/service.hpp>

namespace cinnabar {

struct HookQuestion {
  std::string point;  // "contract.before_send"
};
CINNABAR_DESCRIBE(HookQuestion, point)

struct HookWish {
  bool wanted = false;      // the owner has a script that is to be run there
  std::int64_t epoch = -1;  // of the owner's choices that say so: saves run() the look
};
CINNABAR_DESCRIBE(HookWish, wanted, epoch)

// The input is as the point's type describes; as text it is written and read once on its way.
struct HookRequest {
  std::string point;
  Json input{};
  Bytes text{};  // JSON, instead of `input`
  std::int64_t epoch = -1;
};
CINNABAR_DESCRIBE(HookRequest, point, input, text, epoch)

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
  // Whether run() would ask a script: first, where making the input costs anything.
  virtual HookWish wants(const HookQuestion&, const Call&) = 0;
};
CINNABAR_SERVICE(Hooks, "cinnabar.hooks/1", run, wants)

}  // namespace cinnabar
