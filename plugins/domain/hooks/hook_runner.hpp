// HookRunner: runs a hook where it disturbs nobody. Most hooks end within the quick limits, on the
// thread of the request; one that needs more is run again from the start (hooks have no effects) in
// the slow lane with the full limits. What keeps breaking its limits is refused for a while without
// being run. Owned by the hook host; any thread.
#pragma once

#include "breaker.hpp"
#include "remote_run.hpp"
#include "script_cache.hpp"
#include "slow_lane.hpp"

#include <cinnabar/host.hpp>

namespace cinnabar::hooks {

// From the call to the decision, waiting included. Far more than the 50 ms of computing that a run
// may take, because on a busy machine a run of low priority waits for its turn.
inline constexpr std::int64_t kHookPatienceMs = 3'000;

// Without a decision: why not.
struct HookRun;
HookRun refused(std::string kind, std::string message);

struct HookRun {
  lua::Result result;
  // Why it came to no decision: error, a limit's name, busy, late, breaker. Empty: it came to one.
  std::string failure;
};

// Whether the script was not run, or not to its end, for a reason that passes: nothing is wrong
// with the request, and it may be made again.
bool is_passing(const HookRun& run);
// Whether a run with that failure, or none, shows what the script does with its input: it came to
// its end, raised an error, or broke a limit.
bool is_of_script(std::string_view failure);
// Throws Error "hook.unavailable" for such a run; does nothing after others.
void require_run(const HookRun& run);

class HookRunner {
 public:
  explicit HookRunner(const Host& host, Isolation isolation = Isolation::in_process,
                      std::size_t slow_threads = SlowLane::usual_threads())
      : host_(host), isolation_(isolation), slow_lane_(slow_threads), remote_(host) {}

  // Compiles and lists a script, where this installation runs them.
  Script load(const std::string& source) const {
    return isolation_ == Isolation::process ? remote_.load(source) : load_script(source);
  }

  // What is only tried out respects and tells no breaker, and takes no place of what decides.
  enum class Purpose { decide, try_out };
  HookRun run(const std::string& owner, std::shared_ptr<const Script> script, lua::Input input,
              std::int64_t patience_ms, Purpose purpose, const lua::Limits& limits = {});
  // On the calling thread with the full limits: for a thread on which nobody waits.
  HookRun run_aside(const std::string& owner, const Script& script, const lua::Input& input,
                    const lua::Limits& limits, const std::atomic<bool>& cancelled);

 private:
  // `lane`: with which others it shares places and turns.
  HookRun attempt_remote(const std::string& lane, const std::string& owner, const Script& script,
                         const lua::Input& input, std::int64_t patience_ms,
                         const lua::Limits& limits);
  HookRun attempt(const std::string& lane, const std::string& owner,
                  std::shared_ptr<const Script> script, lua::Input input,
                  std::int64_t patience_ms, const lua::Limits& limits);

  const Host& host_;
  const Isolation isolation_;
  Breaker breaker_;
  SlowLane slow_lane_;
  RemoteRuns remote_;
};

}  // namespace cinnabar::hooks
