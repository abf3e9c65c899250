// PluginHost: finds, checks, loads, starts and stops the plugins, and is the registry of what they
// provide. A bad plugin is quarantined with a reason and one line in the log; the rest goes on.
//
// Life: add_builtin*, load, start_storage, attach, start, (serving), stop. These from the control
// thread; snapshot, invoke, providers, table, status and counters from any thread after load, and
// exchange while it serves: the plugins that stand side by side are a generation, which is replaced
// whole. Who began with the earlier one ends with it; then its instance is drained and destroyed.
// Owned by the composition root; outlives everything that plugins gave out.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/plugin/generation.hpp"
#include "kernel/plugin/instance.hpp"

#include <cinnabar/package/migrations.hpp>
#include <cinnabar/package/trust.hpp>

#include <set>

namespace cinnabar::kernel {

class Db;
class Committer;
class Blobs;
struct Commit;

struct PluginSettings {
  std::vector<std::filesystem::path> folders;  // each holds plugins in folders of their own
  // Those of them that hold the product's own plugins; others' are watched more closely when they
  // have processes of their own.
  std::vector<std::filesystem::path> own_folders;
  std::vector<std::filesystem::path> places;  // not empty: exactly these plugins, instead
  std::filesystem::path data_folder;          // plugins get <data_folder>/plugins/<id>
  std::filesystem::path node_folder;  // this server's own: packages, marks of crashes
  std::map<std::string, Json> configs;        // by plugin id, installation-wide
  std::set<std::string> disabled;             // ids that are not loaded
  package::TrustRules trust;                  // who may bring plugins
  bool safe_mode = false;                     // only the installation's own are loaded
  bool demo = false;                          // sandboxes are loaded, too
  // Interface id and name of what is used of each kind of storage; other providers of these
  // interfaces are not loaded. A kind that is not here: all are.
  std::map<std::string, std::string> storage;
  // Not empty: only these are loaded, in this process, whatever they require. For commands, which
  // run without a server around them.
  std::set<std::string> only;
  std::set<std::string> in_process;  // ids whose isolation "process" is overruled
  // Only the storage will be started; no plugin gets a process. For commands on the data.
  bool offline = false;
  // The worker of a plugin is forked from this process instead of a fresh one, and inherits its
  // memory: only for a command that holds no secret.
  bool fork_workers = false;
  std::filesystem::path executable;  // runs `plugin-host`; empty: no process plugins
  std::vector<std::string> interpreters;  // that may carry out plugins that are programs
  int workers_max = 2;                    // processes of one hosted plugin
  int worker_memory_mb = 512;
  int worker_deadline_s = 20;
};

// Why the settings leave a plugin aside; empty: they do not.
std::string left_aside(const Manifest& manifest, const package::Trust& trust,
                       const PluginSettings& settings);

struct PluginStatus {
  std::string id;
  std::string version;
  std::string state;   // discovered verified loaded created started draining stopped quarantined
  std::string reason;  // when quarantined
  const Manifest* manifest = nullptr;  // null when it could not be read
  package::Trust trust;
  bool crashes = false;  // twice within ten minutes, and runs: the installation needs it
};

// What a plugin cost since the start, for metrics.
struct PluginCounters {
  std::string plugin;
  std::uint64_t calls = 0;
  std::uint64_t errors = 0;   // answers other than OK and a refusal
  std::uint64_t time_us = 0;  // within its calls, callees included
  ProcessCost process;        // of its processes
};

// What is to be committed when a version is admitted; `first`: none was so far.
using AdmissionCommit = std::function<Commit(const Manifest& manifest, bool first)>;

class PluginHost final : public Registry {
 public:
  PluginHost(PluginSettings settings, const Clocks& clocks);
  ~PluginHost() override;

  // Services of the kernel itself come through the same door. Before load().
  void add_builtin(Manifest manifest, MakeInstance make);  // see builtin() in instance.hpp

  void make_routes_with(MakeRoutes make);  // for each generation; not called: none are needed
  void load();           // discover, check, load, create in order of requirements
  void start_storage();  // the providers of database and blob-store, and what these require
  void attach(Db* db, Committer* committer, Blobs* blobs);
  void start();  // the others
  void stop();   // drains and destroys in reverse order; twice is once

  // Puts an installed version of a package in the place of the one that runs, if any: verified,
  // checked against the others, the settings and the open jobs, its tables made, started, admitted,
  // committed, swapped. Returns its manifest; nothing happens when it runs and is admitted. Throws
  // Error "plugin.not_installed", "plugin.exchange_refused" with a reason; then nothing has changed
  // but for tables that only add.
  const Manifest& exchange(const std::string& id, const std::string& version,
                           const AdmissionCommit& commit);
  // Called with a generation before it takes its place. Throws to refuse it.
  void before_exchange(std::function<void(const Generation&)> check);

  std::vector<PluginStatus> status() const;
  std::vector<PluginCounters> counters() const;
  bool is_package(const Manifest& manifest) const;  // brought by `plugin install`
  std::vector<package::MigrationSource> migrations() const;
  const Manifest* manifest(std::string_view plugin_id) const;  // of usable plugins, else null
  std::vector<const Manifest*> manifests() const;              // of usable plugins, in order of id
  // In order of plugin id, whether bound or not; of all interfaces, or of one.
  std::vector<const Provider*> providers() const;
  std::vector<const Provider*> providers(std::string_view interface_id) const;
  // The text of an error code, from whichever plugin's errors.json has it, else null.
  const ErrorText* error_text(std::string_view code) const;
  // A table or service by interface and name, whether bound or not; empty name: the first.
  const void* table(std::string_view interface_id, std::string_view name) const;

  using Registry::snapshot;
  std::shared_ptr<const Generation> generation() const override;
  std::shared_ptr<const Snapshot> snapshot(std::string_view owner,
                                           const std::shared_ptr<const Generation>& of) override;
  cinnabar_status invoke(const Snapshot& snapshot, const cinnabar_call& call,
                         std::string_view interface_id, std::string_view name,
                         std::string_view method, const cinnabar_message& request,
                         const cinnabar_reply* reply) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Interfaces that the kernel itself provides in a serving process.
const std::vector<std::string>& kernel_interfaces();

// Interfaces that are tables of abi.h; all others are services.
bool is_table_interface(std::string_view interface_id);

}  // namespace cinnabar::kernel
