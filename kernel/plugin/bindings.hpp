// Changing what is bound: the write-sets that switch a plugin for the installation or an
// implementation for one enterprise, and who would miss it. The epoch rises with each, so that the
// next request on every node sees it. Pure functions over a way to query; any thread.
#pragma once

#include "kernel/plugin/plugin_host.hpp"

namespace cinnabar::kernel {

using QueryRows = std::function<Rows(std::string_view sql, const std::vector<Json>& params)>;

// What is not given stays as it is, or as the installation has it.
struct BindingChange {
  std::string owner;
  std::string interface;
  std::string name;
  std::optional<bool> enabled;
  std::optional<int> position;
  std::optional<Json> config;
};
WriteSet binding_writes(const QueryRows& query, const BindingChange& change);

struct SwitchChange {
  std::string plugin;
  std::optional<bool> enabled;
  std::optional<Json> config;
};
WriteSet switch_writes(const QueryRows& query, const SwitchChange& change);

// The enterprise-scoped provider of a kind ("seal-type" for "cinnabar.seal-type/1") and a name.
// Throws Error "plugin.provider_not_found".
const Provider& find_switchable(const PluginHost& host, const std::string& enterprise,
                                const std::string& kind, const std::string& name);

// Throws Error "plugin.required", naming who needs it, if the owner could not do without the
// provider, or the installation without the plugin.
void check_dispensable(const PluginHost& host, const Snapshot& owner, const Provider& provider);
void check_dispensable(const PluginHost& host, const Snapshot& installation,
                       const Manifest& plugin);

// Throws Error "plugin.not_admitted" if the plugin is switched off for the whole installation.
// Throws "plugin.no_enterprise" for one that nobody belongs to.
void check_enterprise(const QueryRows& query, const std::string& enterprise);
void check_admitted(const QueryRows& query, const Manifest& plugin);

// Throws Error "plugin.config_invalid" if the configuration is not as the manifest describes it.
void check_config(const Manifest& manifest, const Json& config);

}  // namespace cinnabar::kernel
