// Snapshots: what each owner has bound, built from the loaded plugins, the installation's switches
// (kernel_plugin) and the owner's choices (kernel_binding), and swapped whole when an epoch moved.
// One cheap query a request reads the epochs. Owned by the plugin host; any thread.
#pragma once

#include "kernel/db/db.hpp"
#include "kernel/plugin/registry.hpp"

#include <mutex>
#include <unordered_map>

namespace cinnabar::kernel {

// A plugin as bindings see it. Outlives the snapshots.
struct BindablePlugin {
  const Manifest* manifest = nullptr;
  std::vector<const Provider*> providers;
  Json config;  // installation-wide, from the configuration file
  bool opt_in = false;  // brought by somebody else: an enterprise has it once it binds it
};

// Rows of kernel_plugin and kernel_binding.
struct PluginSwitch {
  bool enabled = true;
  Json config;
};
struct BindingChoice {
  std::string interface;
  std::string name;
  bool enabled = true;
  int position = 0;  // smaller comes first
  Json config;
};

// Where an implementation stands that the owner did not place.
inline constexpr int kPositionDefault = 100;

// The pure part: who is bound under which names, in order, with which configuration.
class BoundTable {
 public:
  BoundTable(const std::vector<BindablePlugin>& plugins,
             const std::map<std::string, PluginSwitch>& switches,
             const std::vector<BindingChoice>& choices);

  const Binding* find(std::string_view interface_id, std::string_view name) const;
  std::vector<std::string> names(std::string_view interface_id) const;
  bool plugin_enabled(std::string_view plugin_id) const;

 private:
  struct Named {
    std::string name;
    int position;
    Binding binding;
  };
  std::map<std::string, std::vector<Named>, std::less<>> bound_;
  std::map<std::string, bool, std::less<>> enabled_;
};

class Snapshots {
 public:
  // Owners kept; beyond it the cache starts anew. An owner without choices costs 100 bytes.
  static constexpr std::size_t kOwnersMax = 20'000;

  void set_plugins(std::vector<BindablePlugin> plugins);
  void attach(const Db* db);  // before it everything has its default
  std::shared_ptr<const Snapshot> get(std::string_view owner);

 private:
  struct Entry;
  using Switches = std::map<std::string, PluginSwitch>;
  std::shared_ptr<const Entry> build(const std::string& owner, std::int64_t installation_epoch,
                                     std::int64_t epoch);
  Switches read_switches() const;
  std::vector<BindingChoice> read_choices(const std::string& owner) const;

  std::mutex mutex_;
  const Db* db_ = nullptr;
  std::vector<BindablePlugin> plugins_;
  std::int64_t installation_epoch_ = -1;  // of the two below
  std::shared_ptr<const Switches> switches_;
  std::shared_ptr<const BoundTable> installation_;
  std::unordered_map<std::string, std::shared_ptr<const Entry>> cache_;
};

}  // namespace cinnabar::kernel
