// The hook host: the kernel's own plugin "cinnabar.kernel-hooks". It offers cinnabar.hooks/1, which
// asks the owner's script at a point, and the routes by which an enterprise keeps its script.
// Gates fail closed: a script that breaks refuses the action. Notices fail open. Any thread.
#pragma once

#include "kernel/lua/hook_runner.hpp"
#include "kernel/plugin/plugin_host.hpp"

#include <cinnabar/domain_plugin.hpp>

namespace cinnabar::kernel {

struct TryView;
struct TryBody;
struct ScriptBody;
struct ScriptView;
struct ScriptVersions;
struct ActivateBody;
struct HookPointList;

// Lines about one owner's scripts in ten seconds; the rest is counted and dropped.
inline constexpr int kHookLogLinesMax = 20;

class HookHost final : public DomainPlugin, public Hooks {
 public:
  using Interfaces = Provides<Hooks, Domain>;
  using FindPoints = std::function<DomainDescription()>;

  // `find_points` is asked once, when points are first needed: what all domains declare.
  HookHost(Host& host, const Clocks& clocks, FindPoints find_points);

  HookDecision run(const HookRequest& request, const Call& call) override;
  HookMetrics metrics() const { return runner_.metrics(); }
  // Instead of asking: the points that there are, and the schemas of their inputs.
  void set_points(std::vector<HookPointInfo> points, Json schemas = Json::object());

 private:
  Answer<ScriptView> read(const Request& request);
  Answer<ScriptView> publish(const ScriptBody& in, const Request& request);
  Answer<Nothing> remove(const Request& request);
  Answer<ScriptVersions> versions(const Request& request);
  Answer<ScriptView> activate(const ActivateBody& in, const Request& request);
  Answer<TryView> try_out(const TryBody& in, const Request& request);
  Answer<HookPointList> list_points(const Request& request);
  FileAnswer types(const Request& request);

  struct Points {
    std::vector<HookPointInfo> points;
    Json schemas;
    const HookPointInfo* find(std::string_view name) const;
  };
  std::shared_ptr<const Points> points();
  std::shared_ptr<const Script> active(const Call& call);
  Script checked(const std::string& source);
  lua::Input input_for(const std::string& point, Json data, const Call& call);
  void fail(const HookRequest& request, const Call& call, bool gate, const HookRun& run);
  void log_run(const HookRequest& request, const Call& call, const lua::Result& result);
  bool may_log(const std::string& owner);

  const Clocks& clocks_;
  FindPoints find_points_;
  ScriptCache scripts_;
  HookRunner runner_;
  std::mutex mutex_;
  std::shared_ptr<const Points> points_;
  std::int64_t log_window_ms_ = 0;
  std::map<std::string, int> log_lines_;  // by owner, within the window
};

// Makes it a built-in plugin. `hooks` is set once it exists; the plugin host owns it.
void add_hook_host(PluginHost& plugins, const Clocks& clocks, HookHost*& hooks);

}  // namespace cinnabar::kernel
