#include "kernel/plugin/bindings.hpp"

#include "kernel/plugin/snapshots.hpp"

#include <cinnabar/package/config_check.hpp>
#include <cinnabar/package/views.hpp>

#include <algorithm>

namespace cinnabar::kernel {
namespace {

using package::kind_of;

std::string stored(const std::optional<Json>& config) {
  return config && !config->is_null() ? to_json(*config) : std::string();
}

// An owner's binding needs more than a provider: it is also counted whether another one is left.
bool another_bound(const Snapshot& snapshot, const Provider& provider) {
  const auto names = snapshot.names(provider.interface_id);
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return name != provider.name; });
}

Error required(const std::string& what, const std::string& by) {
  return Error("plugin.required", {{"plugin", what}, {"by", by}});
}

}  // namespace

WriteSet binding_writes(const QueryRows& query, const BindingChange& change) {
  WriteSet writes;
  const std::vector<Json> key{Json(change.owner), Json(change.interface), Json(change.name)};
  const Rows old = query(
      "SELECT enabled, position, config FROM kernel_binding "
      "WHERE owner = ? AND interface = ? AND name = ?",
      key);
  if (old.rows.empty()) {
    writes.run(
        "INSERT INTO kernel_binding (owner, interface, name, enabled, position, config) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        {key[0], key[1], key[2], Json(change.enabled.value_or(true)),
         Json(change.position.value_or(kPositionDefault)), Json(stored(change.config))},
        1);
  } else {
    const auto& row = old.rows.front();
    writes.run(
        "UPDATE kernel_binding SET enabled = ?, position = ?, config = ? "
        "WHERE owner = ? AND interface = ? AND name = ?",
        {change.enabled ? Json(*change.enabled) : row[0],
         change.position ? Json(*change.position) : row[1],
         change.config ? Json(stored(change.config)) : row[2], key[0], key[1], key[2]},
        1);
  }
  writes.changed_owners = {change.owner};
  return writes;
}

WriteSet switch_writes(const QueryRows& query, const SwitchChange& change) {
  WriteSet writes;
  const Rows old =
      query("SELECT enabled, config FROM kernel_plugin WHERE plugin = ?", {Json(change.plugin)});
  if (old.rows.empty()) {
    writes.run(
        "INSERT INTO kernel_plugin (plugin, enabled, config) VALUES (?, ?, ?)",
        {Json(change.plugin), Json(change.enabled.value_or(true)), Json(stored(change.config))}, 1);
  } else {
    const auto& row = old.rows.front();
    writes.run("UPDATE kernel_plugin SET enabled = ?, config = ? WHERE plugin = ?",
               {change.enabled ? Json(*change.enabled) : row[0],
                change.config ? Json(stored(change.config)) : row[1], Json(change.plugin)},
               1);
  }
  writes.changed_owners = {""};
  return writes;
}

const Provider& find_switchable(const PluginHost& host, const std::string& enterprise,
                                const std::string& kind, const std::string& name) {
  for (const Provider* provider : host.providers())
    if (provider->scoped_to_enterprise && provider->name == name &&
        kind_of(provider->interface_id) == kind)
      return *provider;
  throw Error("plugin.provider_not_found",
              {{"kind", kind}, {"name", name}, {"enterprise", enterprise}});
}

void check_dispensable(const PluginHost& host, const Snapshot& owner, const Provider& provider) {
  if (another_bound(owner, provider)) return;
  for (const Manifest* manifest : host.manifests())
    if (manifest->id != provider.manifest->id && owner.plugin_enabled(manifest->id) &&
        std::find(manifest->requires_.begin(), manifest->requires_.end(), provider.interface_id) !=
            manifest->requires_.end())
      throw required(kind_of(provider.interface_id) + " " + provider.name, manifest->id);
}

void check_dispensable(const PluginHost& host, const Snapshot& installation,
                       const Manifest& plugin) {
  const Error by_kernel("plugin.required_by_kernel", {{"plugin", plugin.id}});
  if (plugin.folder.empty()) throw by_kernel;
  for (const Provided& provided : plugin.provides) {
    std::vector<const Provider*> left;
    for (const Provider* provider : host.providers(provided.interface))
      if (provider->manifest->id != plugin.id &&
          installation.plugin_enabled(provider->manifest->id))
        left.push_back(provider);
    if (!left.empty()) continue;
    if (provided.interface == "cinnabar.database/1" ||
        provided.interface == "cinnabar.blob-store/1")
      throw by_kernel;
    for (const Manifest* manifest : host.manifests())
      if (manifest->id != plugin.id && installation.plugin_enabled(manifest->id) &&
          std::find(manifest->requires_.begin(), manifest->requires_.end(), provided.interface) !=
              manifest->requires_.end())
        throw required(plugin.id, manifest->id);
  }
}

void check_enterprise(const QueryRows& query, const std::string& enterprise) {
  const Rows known =
      query("SELECT object FROM kernel_reach WHERE object = ? LIMIT 1", {Json(enterprise)});
  if (known.rows.empty()) throw Error("plugin.no_enterprise", {{"enterprise", enterprise}});
}

void check_admitted(const QueryRows& query, const Manifest& plugin) {
  const Rows rows = query("SELECT enabled FROM kernel_plugin WHERE plugin = ?", {Json(plugin.id)});
  if (!rows.rows.empty() && rows.rows.front().front().integer() == 0)
    throw Error("plugin.not_admitted", {{"plugin", plugin.id}});
}

void check_config(const Manifest& manifest, const Json& config) {
  if (const auto problem = config_problem(manifest.config, config))
    throw Error("plugin.config_invalid",
                {{"plugin", manifest.id},
                 {"place", problem->pointer.empty() ? "/" : problem->pointer},
                 {"reason", problem->reason}},
                "/config" + problem->pointer);
}

}  // namespace cinnabar::kernel
