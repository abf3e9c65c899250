// Snapshots: what each owner has bound, built from the plugins of a generation, the installation's
// switches (kernel_plugin) and the owner's choices (kernel_binding), and swapped whole when an
// epoch moved. Keeps the current generation; over an earlier one, snapshots are made as they are
// asked for. One cheap query a request reads the epochs. Owned by the plugin host; any thread.
#pragma once

#include "kernel/db/db.hpp"
#include "kernel/plugin/generation.hpp"

#include <mutex>
#include <unordered_map>

namespace cinnabar::kernel {

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
  BoundTable(std::shared_ptr<const Generation> generation,
             const std::map<std::string, PluginSwitch>& switches,
             const std::vector<BindingChoice>& choices);

  const Binding* find(std::string_view interface_id, std::string_view name) const;
  std::vector<std::string> names(std::string_view interface_id) const;
  bool plugin_enabled(std::string_view plugin_id) const;
  const Generation& generation() const { return *generation_; }

 private:
  struct Named {
    std::string name;
    int position;
    Binding binding;
  };
  std::shared_ptr<const Generation> generation_;
  std::map<std::string, std::vector<Named>, std::less<>> bound_;
  std::map<std::string, bool, std::less<>> enabled_;
};

class Snapshots {
 public:
  // Owners kept; beyond it the cache starts anew. An owner without choices costs 100 bytes.
  static constexpr std::size_t kOwnersMax = 20'000;

  void set(std::shared_ptr<const Generation> generation);
  std::shared_ptr<const Generation> generation() const;
  void attach(const Db* db);  // before it everything has its default
  std::shared_ptr<const Snapshot> get(std::string_view owner,
                                      const std::shared_ptr<const Generation>& of);

 private:
  struct Entry;
  using Switches = std::map<std::string, PluginSwitch>;
  std::shared_ptr<const Entry> build(const std::string& owner, std::int64_t installation_epoch,
                                     std::int64_t epoch);
  std::shared_ptr<const Entry> build_earlier(const std::string& owner, std::int64_t epoch,
                                             const std::shared_ptr<const Generation>& of) const;
  Switches read_switches() const;
  std::vector<BindingChoice> read_choices(const std::string& owner) const;

  mutable std::mutex mutex_;
  const Db* db_ = nullptr;
  std::shared_ptr<const Generation> generation_ = std::make_shared<const Generation>();
  std::int64_t installation_epoch_ = -1;  // of the two below
  std::shared_ptr<const Switches> switches_;
  std::shared_ptr<const BoundTable> installation_;
  std::unordered_map<std::string, std::shared_ptr<const Entry>> cache_;
};

}  // namespace cinnabar::kernel
