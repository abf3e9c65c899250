// When a plugin that an event or a job is for is switched off or not loaded: that is no fault of
// the event or the job, so it waits until the plugin is back and no attempt is counted. Shared by
// the deliveries and the jobs. Pure; any thread.
#pragma once

#include <cinnabar/error.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace cinnabar::kernel {

// Soon enough that what waited goes on while whoever switched the plugin on is still looking;
// seldom enough that thousands that wait for months cost next to nothing.
inline constexpr std::int64_t kPluginAwayMs = 60'000;

inline bool is_plugin_away(const Error& error) {
  constexpr std::array<std::string_view, 3> kCodes{"plugin.not_bound", "plugin.disabled",
                                                   "job.plugin_missing"};
  return std::find(kCodes.begin(), kCodes.end(), error.code()) != kCodes.end();
}

}  // namespace cinnabar::kernel
