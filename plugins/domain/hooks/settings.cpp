#include "settings.hpp"

#include <cinnabar/error.hpp>

#include <algorithm>

namespace cinnabar::hooks {

void check_settings(const HookSettings& settings, const HooksConfig& config) {
  const auto at_most = [](const char* pointer, std::int64_t value, std::int64_t most) {
    if (value > most)
      throw Error("hook.limit_too_high", {{"most", std::to_string(most)}}, pointer);
  };
  at_most("/instructions", settings.instructions, config.instructions_max);
  at_most("/memory_kb", settings.memory_kb, config.memory_max_kb);
  at_most("/cpu_ms", settings.cpu_ms, config.cpu_max_ms);
  at_most("/runs_per_second", settings.runs_per_second, config.runs_per_second_max);
  at_most("/runs_kept", settings.runs_kept, config.runs_kept_max);
}

lua::Limits limits_of(const HookSettings& settings, const HooksConfig& config) {
  constexpr std::int64_t kStepsPerInstruction = 5;
  lua::Limits limits;
  limits.instructions = std::min(settings.instructions, config.instructions_max);
  limits.steps = limits.instructions * kStepsPerInstruction;
  limits.memory = std::min(settings.memory_kb, config.memory_max_kb) * 1024;
  limits.cpu_us = std::min(settings.cpu_ms, config.cpu_max_ms) * 1000;
  return limits;
}

}  // namespace cinnabar::hooks
