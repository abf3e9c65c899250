#include "remote_run.hpp"

#include <cinnabar/digest_state.hpp>
#include <cinnabar/services/hook_runtime.hpp>

#include <chrono>

namespace cinnabar::hooks {
namespace {

HookRunRequest request_for(const std::string& bytecode, const lua::Input& input,
                           const lua::Limits& l) {
  HookRunRequest out;
  out.bytecode = Bytes::borrowed(bytecode);
  out.point = input.point;
  out.input = input.data;
  out.now_ms = input.now_ms;
  out.seed = std::to_string(input.seed);
  out.amends = input.amends.value_or(std::vector<std::string>());
  out.commands = input.commands.value_or(std::vector<std::string>());
  out.limits = {l.instructions, l.steps, l.memory, l.string_size, l.output_size, l.cpu_us};
  return out;
}

lua::Stop stop_named(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(lua::Stop::cancelled); ++i)
    if (name == name_of(static_cast<lua::Stop>(i))) return static_cast<lua::Stop>(i);
  return lua::Stop::cancelled;
}

// What is no decision stays failed, and says why: a gate opens for nothing else than a decision.
RemoteRuns::Answer answer_of(HookRunReply reply) {
  RemoteRuns::Answer answer;
  lua::Result& out = answer.result;
  const bool allowed = reply.outcome == "allowed", denied = reply.outcome == "denied";
  out.usage = {reply.instructions, reply.steps, reply.memory, reply.cpu_us};
  out.log = std::move(reply.log);
  if (reply.broke) {
    out.handled = true;
    out.fault = lua::Fault{stop_named(reply.stop), std::move(reply.message), reply.line};
    return answer;
  }
  if (!allowed && !denied) {
    answer.failure = "runtime";
    out.handled = true;
    out.fault = lua::Fault{lua::Stop::cancelled, "the script's process answered no decision", 0};
    return answer;
  }
  out.outcome = allowed ? lua::Outcome::allowed : lua::Outcome::denied;
  out.handled = reply.handled;
  out.code = std::move(reply.code);
  out.text = std::move(reply.text);
  out.set = std::move(reply.set);
  out.commands = std::move(reply.commands);
  return answer;
}

// What follows from an end of the process, and never a decision.
RemoteRuns::Answer no_answer(const Error& error) {
  RemoteRuns::Answer answer;
  answer.failure = error.code();
  answer.result.handled = true;
  answer.result.fault =
      lua::Fault{lua::Stop::cancelled, "the script's process was ended (" + error.code() + ")", 0};
  return answer;
}

}  // namespace

Script RemoteRuns::load(const std::string& source) const {
  constexpr std::int64_t kPatienceMs = 3'000;
  Script script;
  script.hash = to_hex(sha256(source));
  try {
    const OwnCall own({}, host_.now_ms(Clock::real) + kPatienceMs);
    const Call call = own.call();
    const HookLoadReply reply = host_.service<HookRuntime>(call).load({source});
    script.bytecode = reply.bytecode.text();
    script.hooks = reply.hooks;
    script.warnings = reply.warnings;
    if (reply.broke) script.fault = lua::Fault{stop_named(reply.stop), reply.message, reply.line};
  } catch (const Error& error) {
    // No fault of the script: the cache does not keep it, next time it may do.
    script.fault = lua::Fault{lua::Stop::cancelled,
                              "the script could not be loaded apart (" + error.code() + ")", 0};
  }
  return script;
}

std::optional<RemoteRuns::Answer> RemoteRuns::run(const std::string& lane,
                                                  const std::string& owner,
                                                  const std::string& bytecode,
                                                  const lua::Input& input,
                                                  const lua::Limits& limits,
                                                  std::int64_t patience_ms) {
  const auto left_ms = enter(lane, patience_ms);
  if (!left_ms) return std::nullopt;
  Answer answer;
  try {
    const OwnCall own(owner, host_.now_ms(Clock::real) + *left_ms);
    const Call call = own.call();
    answer = answer_of(host_.service<HookRuntime>(call).run(request_for(bytecode, input, limits)));
  } catch (const Error& error) {
    answer = no_answer(error);
  }
  leave(lane);
  return answer;
}

std::optional<std::int64_t> RemoteRuns::enter(const std::string& lane,
                                              std::int64_t patience_ms) {
  using std::chrono::steady_clock;
  const auto until = steady_clock::now() + std::chrono::milliseconds(patience_ms);
  std::unique_lock lock(mutex_);
  Seats& seats = seats_[lane];
  const auto free = [&] { return seats.running < kRemoteRunsMax; };
  if (!free()) {
    if (seats.waiting >= kRemoteWaitingMax) return std::nullopt;
    ++seats.waiting;
    const bool came = left_.wait_until(lock, until, free);
    --seats.waiting;
    if (!came) return std::nullopt;
  }
  ++seats.running;
  return std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now()).count();
}

void RemoteRuns::leave(const std::string& lane) {
  {
    const std::lock_guard lock(mutex_);
    Seats& seats = seats_[lane];
    if (--seats.running == 0 && seats.waiting == 0) seats_.erase(lane);
  }
  left_.notify_all();
}

}  // namespace cinnabar::hooks
