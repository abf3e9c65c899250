// The hook host: cinnabar.hooks/1, which asks the owner's script at a point, the routes by which an
// enterprise keeps its script, and the command `cinnabar hook`. Gates fail closed: a script that
// breaks refuses the action. Notices fail open. Any thread.
#pragma once

#include "hook_runner.hpp"

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/services/command.hpp>
#include <cinnabar/services/kernel.hpp>

namespace cinnabar::hooks {

struct TryView;
struct TryBody;
struct ScriptBody;
struct ScriptView;
struct ScriptVersions;
struct ActivateBody;
struct HookPointList;

// Lines about one owner's scripts in ten seconds; the rest is counted and dropped.
inline constexpr int kHookLogLinesMax = 20;

class HookHost final : public DomainPlugin, public Hooks, public Command {
 public:
  using Interfaces = Provides<Domain, Hooks, Command>;

  explicit HookHost(Host& host);

  HookDecision run(const HookRequest& request, const Call& call) override;
  CommandResult run(const CommandCall& command, const Call& call) override;

 private:
  Answer<ScriptView> read(const Request& request);
  Answer<ScriptView> publish(const ScriptBody& in, const Request& request);
  Answer<Nothing> remove(const Request& request);
  Answer<ScriptVersions> versions(const Request& request);
  Answer<ScriptView> activate(const ActivateBody& in, const Request& request);
  Answer<TryView> try_out(const TryBody& in, const Request& request);
  Answer<HookPointList> list_points(const Request& request);
  FileAnswer types(const Request& request);

  // What all domains declare: asked once, when it is first needed.
  std::shared_ptr<const HookPointSet> points(const Call& call);
  std::shared_ptr<const Script> active(const Call& call);
  Script checked(const std::string& source, const Call& call);
  // `point` may be null: one that nobody declares.
  lua::Input input_for(const std::string& name, const HookPointInfo* point, Json data,
                       const Call& call);
  void fail(const HookRequest& request, const Call& call, bool gate, const HookRun& run);
  void log_run(const HookRequest& request, const Call& call, const lua::Result& result);
  bool may_log(const std::string& owner);

  ScriptCache scripts_;
  HookRunner runner_;
  std::mutex mutex_;
  std::shared_ptr<const HookPointSet> points_;
  std::int64_t log_window_ms_ = 0;
  std::map<std::string, int> log_lines_;  // by owner, within the window
};

}  // namespace cinnabar::hooks
