// Registry: which plugin stands behind an interface and a name, for whom.
//
// The plugins that there are make a generation, which is replaced whole when one of them is
// upgraded; an owner's snapshot (bindings, order, configuration) over it is swapped whole when its
// epoch moved. A request keeps the generation and the snapshots it began with. Any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/package/manifest.hpp>

#include <memory>

namespace cinnabar::kernel {

// One implementation: a plugin's service or table under an interface id and a name.
struct Provider {
  std::string interface_id;
  std::string name;
  const Manifest* manifest = nullptr;
  const void* table = nullptr;  // cinnabar_service* for services, else the interface's own table
  bool scoped_to_enterprise = false;  // enterprises may switch it
};

struct Binding {
  const Provider* provider = nullptr;
  std::string config;  // JSON for the call
};

// What one owner has, at one epoch.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  virtual std::int64_t epoch() const = 0;
  virtual const std::string& owner() const = 0;
  // The binding, or null when it is absent or switched off. Empty name: the first one bound.
  virtual const Binding* find(std::string_view interface_id, std::string_view name) const = 0;
  virtual std::vector<std::string> names(std::string_view interface_id) const = 0;
  virtual bool plugin_enabled(std::string_view plugin_id) const = 0;
};

struct Generation;

class Registry {
 public:
  virtual ~Registry() = default;
  virtual std::shared_ptr<const Generation> generation() const = 0;
  // The owner's snapshot of now; empty owner: the installation's. Reads the epoch from the
  // database, so that a change holds from the next request on.
  virtual std::shared_ptr<const Snapshot> snapshot(std::string_view owner,
                                                   const std::shared_ptr<const Generation>& of) = 0;
  std::shared_ptr<const Snapshot> snapshot(std::string_view owner) {
    return snapshot(owner, generation());
  }
  // Calls a service through a snapshot. Statuses as the boundary has them; CINNABAR_UNSUPPORTED
  // with an error document "plugin.not_bound" when the owner has none of that name.
  virtual cinnabar_status invoke(const Snapshot& snapshot, const cinnabar_call& call,
                                 std::string_view interface_id, std::string_view name,
                                 std::string_view method, const cinnabar_message& request,
                                 const cinnabar_reply* reply) = 0;
};

}  // namespace cinnabar::kernel
