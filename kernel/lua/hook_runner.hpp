// HookRunner: runs a hook where it disturbs nobody. Most hooks end within the quick limits, on the
// thread of the request; one that needs more is run again from the start (hooks have no effects) in
// the slow lane with the full limits. What keeps breaking its limits is refused for a while without
// being run. Owned by the hook host; any thread.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/lua/breaker.hpp"
#include "kernel/lua/script_cache.hpp"
#include "kernel/lua/slow_lane.hpp"

namespace cinnabar::kernel {

// From the call to the decision, waiting included. Far more than the 50 ms of computing that a run
// may take, because on a busy machine a run of low priority waits for its turn.
inline constexpr std::int64_t kHookPatienceMs = 3'000;

struct HookMetrics {
  std::uint64_t runs = 0;  // decisions asked for where a script had a hook
  std::uint64_t denials = 0;
  std::uint64_t slow = 0;     // runs that needed the slow lane
  std::uint64_t time_us = 0;  // from call to decision
  // By kind: error, a limit's name, busy, late, breaker.
  std::map<std::string, std::uint64_t> failures;
};

struct HookRun {
  lua::Result result;
  std::string failure;  // kind, as in the metrics; empty: it came to a decision
};

class HookRunner {
 public:
  explicit HookRunner(const Clocks& clocks) : clocks_(clocks) {}

  // Whether the breaker is respected and told: not when a script is only tried out.
  enum class Purpose { decide, try_out };
  HookRun run(const std::string& owner, std::shared_ptr<const Script> script, lua::Input input,
              std::int64_t patience_ms, Purpose purpose);
  HookMetrics metrics() const;

 private:
  HookRun attempt(const std::string& owner, std::shared_ptr<const Script> script, lua::Input input,
                  std::int64_t patience_ms);
  void count(const HookRun& run, std::int64_t time_us);

  const Clocks& clocks_;
  Breaker breaker_;
  SlowLane slow_lane_;
  mutable std::mutex mutex_;
  HookMetrics metrics_;
};

}  // namespace cinnabar::kernel
