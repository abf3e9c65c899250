// What the routes below /plugins take and answer: for the kernel, and for commands that speak to a
// server. Values.
#pragma once

#include <cinnabar/json.hpp>
#include <cinnabar/package/trust.hpp>

#include <optional>

namespace cinnabar::package {

struct ProvidedView {
  std::string kind;
  std::string name;
  std::string interface_id;
};
CINNABAR_DESCRIBE(ProvidedView, (kind, doc("What PUT takes: \"seal-type\".")), name, interface_id)

// "seal-type" for "cinnabar.seal-type/1".
inline std::string kind_of(std::string_view interface_id) {
  const std::string_view id = interface_id.substr(0, interface_id.find('/'));
  return std::string(id.substr(id.rfind('.') + 1));
}

struct PluginView {
  std::string id;
  std::string version;
  std::string title;
  std::string author;
  std::string license;
  std::string state;
  std::string reason;
  TrustClass trust = TrustClass::dev;
  std::string publisher;
  bool enabled = false;
  std::string scope;
  std::string isolation;
  std::string status;
  std::string posture;
  std::vector<ProvidedView> provides;
  std::vector<std::string> requires_interfaces;
  std::vector<std::string> permissions;
};
CINNABAR_DESCRIBE(PluginView, id, version, title, author, license,
                  (state, doc("started, or quarantined and why (reason).")), reason,
                  (trust, doc("Where it comes from; publisher: who signed it.")), publisher,
                  (enabled, doc("Switched on for the installation.")), scope, isolation, status,
                  posture, provides, requires_interfaces, permissions)

// What its manifest says of it.
inline void describe_manifest(const Manifest& manifest, PluginView& view) {
  view.title = manifest.title;
  view.author = manifest.author;
  view.license = manifest.license;
  view.scope = name_of(manifest.scope);
  view.isolation = name_of(manifest.isolation);
  view.status = manifest.status;
  view.posture = manifest.posture;
  for (const Provided& provided : manifest.provides)
    view.provides.push_back({kind_of(provided.interface), provided.name, provided.interface});
  view.requires_interfaces = manifest.requires_;
  view.permissions = manifest.permissions;
}

struct OfferBody {
  bool offered = true;
};
CINNABAR_DESCRIBE(OfferBody, (offered, required))

struct OfferView {
  std::vector<std::string> enterprises;
};
CINNABAR_DESCRIBE(OfferView, (enterprises, doc("That may bind it; all: every one.")))

struct PluginList {
  std::vector<PluginView> plugins;
};
CINNABAR_DESCRIBE(PluginList, plugins)

struct PluginSwitchBody {
  std::optional<bool> enabled;
  std::optional<Json> config;
};
CINNABAR_DESCRIBE(PluginSwitchBody, (enabled, doc("Off: for no enterprise.")),
                  (config, doc("Members replace those of the configuration file.")))

struct BindingView {
  std::string kind;
  std::string name;
  std::string interface_id;
  std::string plugin;
  std::string title;
  bool enabled = false;
  std::optional<int> position;
  Json config;
  Json config_schema;
};
CINNABAR_DESCRIBE(BindingView, kind, name, interface_id, plugin, title, enabled,
                  (position, doc("Among the enabled ones of its kind, from 1.")),
                  (config, doc("As it is now in force, without secrets.")), config_schema)

struct BindingList {
  std::vector<BindingView> plugins;
};
CINNABAR_DESCRIBE(BindingList, plugins)

struct BindingBody {
  std::optional<bool> enabled;
  std::optional<int> position;
  std::optional<Json> config;
};
CINNABAR_DESCRIBE(BindingBody, enabled,
                  (position, range(1, 1000), doc("Smaller comes first; 100 where none was set.")),
                  (config, doc("As config_schema describes it; {} takes it away.")))

// The configuration without the members that the schema marks as secret.
inline Json without_secrets(const Json& schema, const std::string& text) {
  if (text.empty()) return Json();
  const Json config = from_json<Json>(text);
  Json shown = Json::object();
  for (const auto& [name, value] : config.members())
    if (!schema["properties"][name]["x-secret"].boolean(false)) shown.set(name, value);
  return shown;
}

}  // namespace cinnabar::package
