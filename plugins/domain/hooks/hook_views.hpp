// The bodies of the requests and answers about scripts and hook points. Values.
#pragma once

#include "lua/sandbox.hpp"

namespace cinnabar::hooks {

struct ScriptBody {
  std::string source;
};
CINNABAR_DESCRIBE(ScriptBody,
                  (source, required, length(1, lua::kSourceSizeMax),
                   doc("Lua 5.4 text that returns { api = 1, hooks = { [point] = function } }.")))

struct ScriptView {
  std::string hash;
  bool active = false;
  std::string source;
  std::string author;
  Time at;
  std::vector<std::string> hooks;
  std::vector<std::string> warnings;
};
CINNABAR_DESCRIBE(ScriptView, (hash, doc("SHA-256 of the source: the version.")), active,
                  (source, length(0, lua::kSourceSizeMax)), author, at,
                  (hooks, doc("Points that it has a function for.")),
                  (warnings, doc("What is allowed, but probably not meant.")))

struct ScriptVersion {
  std::string hash;
  std::string author;
  Time at;
  bool active = false;
};
CINNABAR_DESCRIBE(ScriptVersion, hash, author, at, active)

struct ScriptVersions {
  std::vector<ScriptVersion> versions;
};
CINNABAR_DESCRIBE(ScriptVersions, (versions, doc("The newest first.")))

struct ActivateBody {
  std::string hash;
};
CINNABAR_DESCRIBE(ActivateBody, (hash, required, length(64, 64), format("id")))

struct TryBody {
  std::optional<std::string> source;
  std::string point;
  Json input;
};
CINNABAR_DESCRIBE(TryBody,
                  (source, length(1, lua::kSourceSizeMax), doc("Absent: the active version.")),
                  (point, required, length(1, 128)),
                  (input, doc("As the point's input type describes it.")))

struct TryUsage {
  std::int64_t instructions = 0;
  std::int64_t steps = 0;
  std::int64_t memory = 0;
  std::int64_t cpu_us = 0;
};
CINNABAR_DESCRIBE(TryUsage, instructions, (steps, doc("Characters matched, items moved.")),
                  (memory, doc("Bytes at the peak.")), cpu_us)

struct TryView {
  std::string outcome;
  bool handled = false;
  std::string script;
  std::string code;
  std::string text;
  std::map<std::string, Json> set;
  std::vector<HookCommand> commands;
  std::vector<std::string> log;
  std::string failure;
  std::string message;
  int line = 0;
  TryUsage usage;
};
CINNABAR_DESCRIBE(TryView, (outcome, doc("allowed, denied or failed.")),
                  (handled, doc("Whether the script has a function for the point.")), script, code,
                  text, set, commands, log,
                  (failure, doc("error, or the limit that was broken; empty: none.")), message,
                  line, usage)

struct HookPointView {
  std::string name;
  std::string doc;
  bool gate = true;
  std::string input_type;
  std::vector<std::string> amends;
};
CINNABAR_DESCRIBE(HookPointView, name, doc,
                  (gate, describe_options::doc("A script that fails refuses the action.")),
                  (input_type, describe_options::doc("Named under components in openapi.json.")),
                  (amends, describe_options::doc("Pointers that allow{set=...} may set; * stands "
                                                 "for any one name.")))

struct HookPointList {
  std::vector<HookPointView> points;
};
CINNABAR_DESCRIBE(HookPointList, points)

}  // namespace cinnabar::hooks
