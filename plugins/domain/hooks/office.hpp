// HookOffice: what all of this plugin works with: the points that the domains declare, scripts made
// ready to run, the runner and the book of runs. One a plugin; any thread.
#pragma once

#include "hook_runner.hpp"
#include "run_book.hpp"
#include "script_cache.hpp"
#include "shadow_lane.hpp"

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/services/kernel.hpp>

namespace cinnabar::hooks {

class HookOffice {
 public:
  explicit HookOffice(Host& host);

  // What all domains declare: asked once, when it is first needed.
  std::shared_ptr<const HookPointSet> points(const Call& call);
  // Of the choices of the call's owner, when its request began.
  std::int64_t epoch(const Call& call) const;
  // What the owner of the call had chosen then.
  ScriptCache::State state(const Call& call, std::int64_t epoch);
  // A version of the call's owner, compiled; null when the hash is empty.
  std::shared_ptr<const Script> script(const Call& call, const std::string& hash);
  // Compiles a script and refuses what cannot be used: "hook.script_invalid", "hook.point_unknown".
  Script checked(const std::string& source, const Call& call);
  // How long the call may wait for a script.
  std::int64_t patience_ms(const Call& call) const;
  // An owner's limits of now, for what does not belong to a request's gates.
  lua::Limits limits(const Call& call, const std::string& owner) const;
  // What the owner's shadows have to do is done, and the book is written.
  void settle(const std::string& owner);
  // `point` may be null: one that nobody declares.
  static lua::Input input_for(const std::string& name, const HookPointInfo* point, Json data,
                              std::int64_t now_ms, const std::string& trace);

  Host& host;
  const HooksConfig config;
  ScriptCache scripts;
  HookRunner runner;
  RunBook book;
  ShadowLane shadows;

 private:
  std::mutex mutex_;
  std::shared_ptr<const HookPointSet> points_;
};

// What the random numbers of a run start from: the same for the same request and point, and of a
// trace as much counts as a record keeps.
std::uint64_t seed_of(std::string_view trace, std::string_view point);
// Null: no domain declares it.
const HookPointInfo* find_point(const HookPointSet& known, std::string_view name);
// What a script may set at a point, and the commands that the point carries out: `amends` declares
// both, a command as "/commands/NAME".
struct PointRules {
  std::vector<std::string> amends;
  std::vector<std::string> commands;
};
PointRules rules_of(const HookPointInfo& point);

}  // namespace cinnabar::hooks
