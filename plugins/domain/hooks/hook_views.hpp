// The bodies of the requests and answers about scripts and hook points. Values.
#pragma once

#include "hook_scripts.hpp"

namespace cinnabar::hooks {

struct Fixture {
  std::string name;
  std::string point;
  Time now;
  std::optional<std::vector<std::string>> amends;
  Json input;
  Json expect;
};
CINNABAR_DESCRIBE(Fixture, (name, required, length(1, 100), format("line")),
                  (point, required, length(1, 128)), (now, doc("The time at the run.")),
                  (amends, doc("Pointers that may be set; absent: any.")), input,
                  (expect, required, doc("Each member must be the same in the answer of `try`.")))

struct ScriptBody {
  std::string source;
  std::string comment;
  std::vector<Fixture> fixtures;
};
CINNABAR_DESCRIBE(ScriptBody,
                  (source, required, length(1, lua::kSourceSizeMax),
                   doc("Lua 5.4 text that returns { api = 1, hooks = { [point] = function } }.")),
                  (comment, length(0, 400), doc("Why, for those who read the list.")),
                  (fixtures, items(0, 100),
                   doc("Kept with the version. Where there are any, all must hold when it is "
                       "activated.")))

struct ScriptView {
  std::string hash;
  bool active = false;
  std::string source;
  std::string author;
  Time at;
  std::string comment;
  std::vector<std::string> hooks;
  std::vector<std::string> warnings;
  std::vector<Fixture> fixtures;
};
CINNABAR_DESCRIBE(ScriptView, (hash, doc("SHA-256 of the source: the version.")), active,
                  (source, length(0, lua::kSourceSizeMax)), author, at, comment,
                  (hooks, doc("Points that it has a function for.")),
                  (warnings, doc("What is allowed, but probably not meant.")), fixtures)

struct ScriptVersion {
  std::string hash;
  std::string author;
  Time at;
  bool active = false;
  std::string comment;
};
CINNABAR_DESCRIBE(ScriptVersion, hash, author, at, active, comment)

struct ScriptVersions {
  std::vector<ScriptVersion> versions;
};
CINNABAR_DESCRIBE(ScriptVersions, (versions, doc("The newest first.")))

struct ActivationList {
  std::vector<Activation> activations;
};
CINNABAR_DESCRIBE(ActivationList, (activations, doc("The newest first.")))

struct ActivateBody {
  std::string hash;
  std::vector<Fixture> fixtures;
};
CINNABAR_DESCRIBE(ActivateBody, (hash, required, length(64, 64), format("id")),
                  (fixtures, items(0, 100), doc("Must hold, beside those kept with it.")))

struct ShadowBody {
  std::string hash;
  std::vector<std::string> points;
};
CINNABAR_DESCRIBE(ShadowBody, (hash, required, length(64, 64), format("id")),
                  (points, items(0, 100), doc("Where it runs; empty: everywhere.")))

struct ShadowView {
  std::string hash;
  std::vector<std::string> points;
  std::optional<Time> since;
  std::int64_t runs = 0;
  std::int64_t differences = 0;
};
CINNABAR_DESCRIBE(ShadowView, (hash, doc("Empty: no version runs as a shadow.")), points, since,
                  runs, (differences, doc("Runs in which it decided otherwise; see hooks/runs.")))

struct TryBody {
  std::optional<std::string> source;
  std::string hash;
  std::string point;
  std::optional<Time> now;
  Json input;
};
CINNABAR_DESCRIBE(TryBody,
                  (source, length(1, lua::kSourceSizeMax), doc("A script; or else `hash`.")),
                  (hash, length(0, 64), format("id"), doc("Empty: the active version.")),
                  (point, required, length(1, 128)), (now, doc("Absent: now.")),
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
  std::vector<std::string> commands;
};
CINNABAR_DESCRIBE(HookPointView, name, doc,
                  (gate, describe_options::doc("A script that fails refuses the action.")),
                  (input_type, describe_options::doc("Named under components in openapi.json.")),
                  (amends, describe_options::doc("Pointers that allow{set=...} may set; * stands "
                                                 "for any one name.")),
                  (commands, describe_options::doc("Commands that are carried out there.")))

struct HookPointList {
  std::vector<HookPointView> points;
};
CINNABAR_DESCRIBE(HookPointList, points)

}  // namespace cinnabar::hooks
