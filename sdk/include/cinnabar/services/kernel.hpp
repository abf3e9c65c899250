// What the kernel itself offers as services, found like any other: cinnabar.hooks/1 runs the
// owner's script at a hook point, cinnabar.events/1 reads event chains. Thread-safety: any thread.
#pragma once

#include <cinnabar/services/domain.hpp>

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
  bool ran = false;    // false: the owner has no script for the point
  std::string script;  // content hash of the version that ran
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

struct ChainRequest {
  std::string aggregate;
  std::int64_t after = 0;  // chain index
  int limit = 1000;
};
CINNABAR_DESCRIBE(ChainRequest, aggregate, after, (limit, range(1, 1000)))

struct Chain {
  std::vector<StoredEvent> events;
  bool intact = true;  // each hash is that of its bytes and follows its predecessor
};
CINNABAR_DESCRIBE(Chain, events, intact)

class Events {
 public:
  using Interface = Events;
  virtual ~Events() = default;
  virtual Chain chain(const ChainRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Events, "cinnabar.events/1", chain)

// Which implementations an owner has bound for an interface, in order.
struct BindingsRequest {
  std::string interface_id;
};
CINNABAR_DESCRIBE(BindingsRequest, interface_id)
struct BindingNames {
  std::vector<std::string> names;
};
CINNABAR_DESCRIBE(BindingNames, names)

class Bindings {
 public:
  using Interface = Bindings;
  virtual ~Bindings() = default;
  virtual BindingNames names(const BindingsRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Bindings, "cinnabar.bindings/1", names)

}  // namespace cinnabar
