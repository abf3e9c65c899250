// What a hosted plugin may do: next to nothing. The zygote gives up its user, the network and the
// file system before it loads the plugin; each worker adds limits and a system call filter before
// it sees a stranger's bytes. Called once a process, while it has one thread.
#pragma once

#include <cstdint>
#include <string>

namespace cinnabar::kernel {

// What a plugin has of the network. A namespace takes as long to make as a short document to
// verify; without one the filter closes the network. Open: its manifest has the permission.
enum class Network { own_namespace, closed_by_filter, open };

// What the zygote could give up. Under a sanitizer limits and filter are left out, because its
// runtime needs what they forbid.
struct Confinement {
  bool other_user = false;  // runs under a user id that owns nothing
  bool no_network = false;  // in an empty network namespace
  bool open_network = false;
  bool landlocked = false;  // reads system folders and the plugin's own only
  // Files may be opened for reading only where that cannot reach the server's own.
  bool files_readable() const { return other_user || landlocked; }
  std::string summary() const;
};

// What a plugin needs besides the system's files.
struct Reach {
  Network network = Network::own_namespace;
  std::string folder;    // its own; empty: none
  bool program = false;  // it executes files
};

// For the zygote, before the plugin is loaded. Throws Error "worker.sandbox_failed".
Confinement confine_zygote(const Reach& reach);

struct WorkerLimits {
  std::int64_t address_space_bytes = 0;
  std::int64_t cpu_s = 0;  // over the worker's whole life
};

// The address space that this process has now: what a worker begins with.
std::int64_t address_space_bytes();

// For a worker, right after it was forked. Throws Error "worker.sandbox_failed".
void confine_worker(const WorkerLimits& limits, const Confinement& confinement);

// For a process that is to become a program, which then cannot outlive its parent.
void confine_program(std::int64_t memory_bytes, std::int64_t cpu_s, const Confinement& confinement);

// A worker that ran out of memory ends with this exit code.
inline constexpr int kExitMemory = 86;
// A worker that could not be confined ends with this one.
inline constexpr int kExitSandbox = 87;
// A forked worker whose plugin could not be loaded ends with this one.
inline constexpr int kExitStart = 88;
// A worker whose program did not keep to the protocol ends with this one.
inline constexpr int kExitProtocol = 89;

}  // namespace cinnabar::kernel
