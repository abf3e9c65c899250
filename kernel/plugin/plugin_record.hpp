// PluginRecord: one plugin as the plugin host keeps it, and the table (cinnabar_host) that it calls
// back through. Internal to the plugin host, which owns the records; they live as long as it does,
// also those whose instance has ended: what names them costs little, and a thread of a plugin may
// call its host late.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/plugin/generation.hpp"
#include "kernel/plugin/instance.hpp"

#include <cinnabar/package/trust.hpp>

#include <atomic>
#include <semaphore>

namespace cinnabar::kernel {

class Db;
class Committer;
class Blobs;

// What the records' host tables reach into. The last three are there after attach().
struct HostServices {
  const Clocks& clocks;
  Registry& registry;
  std::filesystem::path data_folder;
  std::function<const void*(std::string_view interface_id, std::string_view name)> table;
  Db* db = nullptr;
  Committer* committer = nullptr;
  Blobs* blobs = nullptr;
};

enum class PluginState {
  discovered,
  verified,
  loaded,
  created,
  started,
  draining,
  stopped,
  quarantined
};
CINNABAR_ENUM(PluginState, discovered, verified, loaded, created, started, draining, stopped,
              quarantined)

struct PluginRecord;
struct RecordedProvider : Provider {
  PluginRecord* record = nullptr;
};

struct PluginRecord {
  Manifest manifest;
  package::Trust trust;
  bool crashes = false;  // see PluginStatus
  bool inside = true;    // its code runs in this process
  bool aside = false;    // not in its place yet, or not any more: another version is
  PluginState state = PluginState::discovered;
  std::string reason;  // when quarantined
  std::string config;  // installation-wide, JSON
  MakeInstance make;   // of plugins in the executable
  std::unique_ptr<PluginInstance> instance;
  std::uint64_t ended_failures = 0;  // of its processes, once the instance has ended
  std::shared_ptr<const void> use;   // generations share it; after the last it is unused
  std::counting_semaphore<> unused{0};
  std::vector<std::unique_ptr<RecordedProvider>> providers;
  std::optional<DescribedDomain> domain;  // once started
  HostServices* services = nullptr;
  cinnabar_host host{};

  std::atomic<std::uint64_t> calls{0};
  std::atomic<std::uint64_t> errors{0};
  std::atomic<std::uint64_t> time_us{0};

  bool usable() const {
    return !aside && (state == PluginState::created || state == PluginState::started);
  }
};

// Fills record.host with the functions of the kernel.
void make_host_table(PluginRecord& record);

// Gives a call's owner the service it asks for, through the snapshot of the call's context.
cinnabar_status invoke_for(HostServices& services, const cinnabar_call* call,
                           cinnabar_bytes interface_id, cinnabar_bytes name, cinnabar_bytes method,
                           const cinnabar_message* request, const cinnabar_reply* reply);

}  // namespace cinnabar::kernel
