// What the installation allows of scripts, and what an enterprise chose within that. Values; any
// thread.
#pragma once

#include "lua/sandbox.hpp"

#include <cinnabar/json.hpp>

namespace cinnabar::hooks {

// Where scripts run: on the server's own threads, or in a process that can be killed.
enum class Isolation { in_process, process };
CINNABAR_ENUM(Isolation, in_process, process)

// The installation's, from its configuration. An enterprise may choose up to these.
struct HooksConfig {
  Isolation isolation = Isolation::in_process;
  std::int64_t instructions_max = 5'000'000;
  std::int64_t memory_max_kb = 64 * 1024;
  std::int64_t cpu_max_ms = 200;
  std::int64_t runs_per_second_max = 2'000;
  std::int64_t runs_kept_max = 10'000;
  std::int64_t record_flush_ms = 500;
};
CINNABAR_DESCRIBE(HooksConfig, isolation, (instructions_max, range(10'000, 100'000'000)),
                  (memory_max_kb, range(1'024, 1'048'576)), (cpu_max_ms, range(5, 2'000)),
                  (runs_per_second_max, range(1, 100'000)), (runs_kept_max, range(0, 1'000'000)),
                  (record_flush_ms, range(50, 3'600'000)))

// An enterprise's.
struct HookSettings {
  std::int64_t instructions = 1'000'000;
  std::int64_t memory_kb = 16 * 1024;
  std::int64_t cpu_ms = 50;
  std::int64_t runs_per_second = 500;
  std::int64_t runs_kept = 1'000;
  std::int64_t days_kept = 30;
  bool record_inputs = false;
};
CINNABAR_DESCRIBE(
    HookSettings,
    (instructions, range(1'000, 100'000'000), doc("Of one run, as are memory and time.")),
    (memory_kb, range(256, 1'048'576), doc("At the peak, garbage included.")),
    (cpu_ms, range(1, 2'000), doc("Processor time.")),
    (runs_per_second, range(1, 100'000), doc("On one node; what is more fails.")),
    (runs_kept, range(0, 1'000'000), doc("Records of runs, the newest ones.")),
    (days_kept, range(1, 366), doc("After so many days a record is deleted.")),
    (record_inputs,
     doc("Keeps inputs, decisions and errors of runs in full, for replay. They hold what your "
         "contracts hold, among it personal data; fields described as secret or personal are "
         "left out.")))

// Throws Error "hook.limit_too_high" with the pointer of what is more than the installation allows.
void check_settings(const HookSettings& settings, const HooksConfig& config);

// The limits of one run. Where the installation was narrowed since, it decides.
lua::Limits limits_of(const HookSettings& settings, const HooksConfig& config);

}  // namespace cinnabar::hooks
