// A worker: serves the calls that the server sends over its socket, one after the other, until the
// server hangs up. Runs in a process of its own, forked from the zygote. One thread.
#pragma once

#include "kernel/plugin/instance.hpp"
#include "kernel/plugin/worker_host.hpp"

#include <cinnabar/unique_fd.hpp>

namespace cinnabar::kernel {

// Never returns: ends the process.
[[noreturn]] void serve_calls(const PluginInstance& plugin, const UniqueFd& socket);

}  // namespace cinnabar::kernel
