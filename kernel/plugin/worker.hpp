// A worker: serves the calls that the server sends over its socket, one after the other, until the
// server hangs up. Runs in a process of its own, forked from the zygote. One thread.
#pragma once

#include "kernel/plugin/fd.hpp"
#include "kernel/plugin/instance.hpp"

namespace cinnabar::kernel {

// The host that a plugin sees in the zygote and in its workers: log, clocks and random numbers;
// everything else answers CINNABAR_UNSUPPORTED. Lives as long as the process.
const cinnabar_host* hosted_host(std::string config);

// Never returns: ends the process.
[[noreturn]] void serve_calls(const PluginInstance& plugin, const UniqueFd& socket);

}  // namespace cinnabar::kernel
