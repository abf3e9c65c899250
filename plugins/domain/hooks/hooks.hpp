// The hook host: cinnabar.hooks/1, which asks the owner's script at a point, the routes by which an
// enterprise keeps its script and sees its runs, and the command `cinnabar hook`. Gates fail
// closed: a script that breaks refuses the action. Notices fail open. Any thread.
#pragma once

#include "office.hpp"
#include "runs.hpp"
#include "versions.hpp"

#include <cinnabar/services/command.hpp>

namespace cinnabar::hooks {

struct HookPointList;

// Lines about one owner's scripts in ten seconds; the rest is counted and dropped.
inline constexpr int kHookLogLinesMax = 20;

class HookHost final : public DomainPlugin, public Hooks, public Command {
 public:
  using Interfaces = Provides<Domain, Hooks, Command>;

  explicit HookHost(Host& host);
  ~HookHost() override { drain(); }
  void drain() {
    office_.shadows.stop();
    office_.book.stop();
  }

  HookDecision run(const HookRequest& request, const Call& call) override;
  HookWish wants(const HookQuestion& question, const Call& call) override;
  CommandResult run(const CommandCall& command, const Call& call) override;

 private:
  void version_routes();
  void run_routes();
  Answer<HookPointList> list_points(const Request& request);
  FileAnswer types(const Request& request);

  HookRun ask(const Call& call, const OwnerState& state, std::shared_ptr<const Script> script,
              const lua::Input& input);
  // A run that took place, with all that its record may need.
  struct Noted {
    RunRow row;
    lua::Result result;
    ScriptCache::State state;
    std::shared_ptr<const lua::Input> input;
    std::shared_ptr<const HookPointSet> known;
  };
  RunRow row_of(const Call& call, const OwnerState& state, const lua::Input& input,
                const HookRun& run);
  void note(const Noted& noted);
  // Has the shadow run later, and the run noted with what that decides otherwise. False: it does
  // not run, and nothing was noted.
  bool shadow(const Noted& noted, const Call& call);
  void compare(Noted& noted, const Script& script, const std::atomic<bool>& cancelled);
  void fail(const HookRequest& request, const Call& call, const HookSettings& settings, bool gate,
            const HookRun& run);
  void log_run(const HookRequest& request, const Call& call, const lua::Result& result);
  bool may_log(const std::string& owner);

  HookOffice office_;
  Versions versions_{office_};
  Runs runs_{office_};
  Rate rate_;
  std::mutex mutex_;
  std::int64_t log_window_ms_ = 0;
  std::map<std::string, int> log_lines_;  // by owner, within the window
};

}  // namespace cinnabar::hooks
