#include "hook_runner.hpp"

#include <algorithm>

namespace cinnabar::hooks {
namespace {

HookRun finished(lua::Result result) {
  HookRun run;
  if (result.fault)
    run.failure = result.fault->stop == lua::Stop::none ? std::string("error")
                                                        : std::string(name_of(result.fault->stop));
  run.result = std::move(result);
  return run;
}

// Whether more time or memory might help.
bool may_succeed_slowly(lua::Stop stop) {
  return stop == lua::Stop::instructions || stop == lua::Stop::steps || stop == lua::Stop::memory ||
         stop == lua::Stop::cpu;
}

// The smaller of both: an enterprise may have chosen less than what is quick.
lua::Limits quick_of(const lua::Limits& full) {
  lua::Limits quick = lua::kQuickLimits;
  quick.instructions = std::min(quick.instructions, full.instructions);
  quick.steps = std::min(quick.steps, full.steps);
  quick.memory = std::min(quick.memory, full.memory);
  quick.cpu_us = std::min(quick.cpu_us, full.cpu_us);
  return quick;
}

// What an owner tries out waits in a lane of its own.
std::string lane_of(const std::string& owner, HookRunner::Purpose purpose) {
  return purpose == HookRunner::Purpose::decide ? owner : owner + " tries";
}

// A script that cannot be run at all.
HookRun broken(const Script& script) {
  lua::Result result;
  result.handled = true;
  result.fault = script.fault;
  HookRun run = finished(std::move(result));
  // It is the machine that could not load it.
  if (script.fault->stop == lua::Stop::cancelled) run.failure = "unavailable";
  return run;
}

}  // namespace

bool is_passing(const HookRun& run) {
  constexpr std::string_view kPassing[] = {"busy",        "late",        "rate",
                                           "breaker",     "unavailable", "worker.unavailable",
                                           "worker.busy", "deadline"};
  return std::find(std::begin(kPassing), std::end(kPassing), run.failure) != std::end(kPassing);
}

bool is_of_script(std::string_view failure) {
  if (failure.empty() || failure == "error") return true;
  for (int i = 0; i < static_cast<int>(lua::Stop::cancelled); ++i)
    if (failure == lua::name_of(static_cast<lua::Stop>(i))) return true;
  return false;
}

void require_run(const HookRun& run) {
  if (is_passing(run))
    throw Error("hook.unavailable", {{"kind", run.failure}, {"reason", run.result.fault->message}},
                {}, CINNABAR_UNAVAILABLE);
}

HookRun refused(std::string kind, std::string message) {
  HookRun run;
  run.result.handled = true;
  run.result.fault = lua::Fault{lua::Stop::cancelled, std::move(message), 0};
  run.failure = std::move(kind);
  return run;
}

HookRun HookRunner::run(const std::string& owner, std::shared_ptr<const Script> script,
                        lua::Input input, std::int64_t patience_ms, Purpose purpose,
                        const lua::Limits& limits) {
  if (script->fault) return broken(*script);
  const std::string key = owner + " " + input.point;
  const std::string hash = script->hash;
  const bool deciding = purpose == Purpose::decide;
  if (deciding && !breaker_.allows(key, hash, host_.now_ms(Clock::real)))
    return refused("breaker",
                   "the script broke its limits several times and is not run for a while");
  HookRun run = attempt(lane_of(owner, purpose), owner, std::move(script), std::move(input),
                        patience_ms, limits);
  if (!deciding) return run;
  // An error of the script, or a queue that is full, costs nothing worth breaking for; nor does it
  // show that the script keeps its limits now.
  if (run.failure.empty())
    breaker_.succeeded(key);
  else if (run.failure != "error" && (run.failure == "late" || !is_passing(run)))
    breaker_.failed(key, hash, host_.now_ms(Clock::real));
  return run;
}

HookRun HookRunner::run_aside(const std::string& owner, const Script& script,
                              const lua::Input& input, const lua::Limits& limits,
                              const std::atomic<bool>& cancelled) {
  if (script.fault) return broken(script);
  if (isolation_ == Isolation::process)
    return attempt_remote(owner + " aside", owner, script, input, kHookPatienceMs, limits);
  return finished(lua::run(script.bytecode, input, limits, &cancelled));
}

HookRun HookRunner::attempt_remote(const std::string& lane, const std::string& owner,
                                   const Script& script, const lua::Input& input,
                                   std::int64_t patience_ms, const lua::Limits& limits) {
  auto answer = remote_.run(lane, owner, script.bytecode, input, limits, patience_ms);
  if (!answer)
    return refused("busy", "too many runs of the enterprise's scripts wait already");
  HookRun run = finished(std::move(answer->result));
  if (!answer->failure.empty()) run.failure = std::move(answer->failure);
  return run;
}

HookRun HookRunner::attempt(const std::string& lane, const std::string& owner,
                            std::shared_ptr<const Script> script, lua::Input input,
                            std::int64_t patience_ms, const lua::Limits& limits) {
  if (isolation_ == Isolation::process)
    return attempt_remote(lane, owner, *script, input, patience_ms, limits);
  lua::Result quick = lua::run(script->bytecode, input, quick_of(limits));
  if (!quick.fault || !may_succeed_slowly(quick.fault->stop)) return finished(std::move(quick));
  // The work owns all it uses: it may outlive this call.
  struct Job {
    std::shared_ptr<const Script> script;
    lua::Input input;
    lua::Result result;
  };
  const auto job = std::make_shared<Job>(Job{std::move(script), std::move(input), {}});
  const auto end = slow_lane_.run(
      lane, std::chrono::milliseconds(patience_ms),
      [job, limits](const std::atomic<bool>& cancelled) {
        job->result = lua::run(job->script->bytecode, job->input, limits, &cancelled);
      });
  if (end == SlowLane::End::busy)
    return refused("busy", "too many runs of the enterprise's scripts wait already");
  if (end == SlowLane::End::late)
    return refused("late", "the script did not come to its end in time");
  return finished(std::move(job->result));
}

}  // namespace cinnabar::hooks
