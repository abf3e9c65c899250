// ZygoteClient: the server's hold on one zygote: starts it, has workers forked and their ends told.
// What a zygote and its workers write to standard output and error comes out of log_pipe().
// Owned by a process instance, which lets one thread at a time in.
#pragma once

#include "kernel/plugin/frame_room.hpp"

#include <cinnabar/json.hpp>
#include <cinnabar/unique_fd.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace cinnabar::kernel {

// What a zygote must know of its plugin.
struct HostedPlugin {
  std::string id;
  std::string version;
  std::string config;  // JSON
  std::string folder;  // whose files it may read
  bool network = false;
  std::vector<std::string> run;         // its program; empty: it is a library
  std::vector<std::string> interfaces;  // that a program provides
  std::int64_t memory_bytes = 0;
  std::int64_t cpu_s = 0;
};
CINNABAR_DESCRIBE(HostedPlugin, id, version, config, folder, network, run, interfaces, memory_bytes,
                  cpu_s)

struct ZygoteSettings {
  std::filesystem::path executable;
  HostedPlugin plugin;
  int nice = 0;  // of the zygote and its workers: behind the server's own work when above 0
};

// The zygote is gone, and nobody can tell any more how a worker ended.
inline constexpr int kWaitStatusUnknown = -1;

// How a worker ended.
struct WorkerEnd {
  int wait_status = kWaitStatusUnknown;
  std::int64_t resident_max_kib = 0;
};

// A forked worker. Killed by its pidfd, so that a reused process id is never hit.
struct HostedWorker {
  UniqueFd socket;
  UniqueFd process;
  int pid = 0;
  int calls = 0;
  bool standing_back = false;      // runs behind everybody else, for good
  bool quick = false;              // its last answer took no longer than waking up does
  int generation = 0;              // of the zygote it was forked from
  std::int64_t idle_since_ms = 0;  // steady clock
  FrameRoom room;
};

// What a plugin's process may know of the environment: nothing that could be a secret.
std::vector<std::string> hosted_environment();

class ZygoteClient {
 public:
  // Starts the process and hands it the library; wait_ready tells whether that went well.
  // Throws Error "worker.unavailable".
  ZygoteClient(const ZygoteSettings& settings, int image);
  ~ZygoteClient();  // ends the zygote, and with it its workers
  ZygoteClient(const ZygoteClient&) = delete;
  ZygoteClient& operator=(const ZygoteClient&) = delete;

  // Waits for the plugin to be started. Returns how it is confined; throws Error with the reason.
  std::string wait_ready(int timeout_ms);
  // Throws Error "worker.unavailable" when the zygote is gone.
  HostedWorker fork_worker();
  // Kills the worker if it still lives. Throws like fork_worker.
  WorkerEnd reap(const HostedWorker& worker);
  const UniqueFd& log_pipe() const { return log_; }
  int pid() const { return pid_; }

 private:
  Error unavailable(const std::string& detail) const;
  void spawn(int socket, int log);

  const ZygoteSettings settings_;
  UniqueFd control_;
  UniqueFd log_;
  int pid_ = -1;
};

}  // namespace cinnabar::kernel
