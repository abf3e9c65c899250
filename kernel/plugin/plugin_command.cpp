#include "kernel/plugin/plugin_command.hpp"

#include "kernel/plugin/error_texts.hpp"
#include "kernel/plugin/library.hpp"
#include "kernel/plugin/load_order.hpp"
#include "kernel/plugin/offline_store.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

namespace cinnabar::kernel {
namespace {

constexpr const char* kHelp = R"(cinnabar plugin list [--json]
    The installed plugins: what they provide and whether they can be used.
cinnabar plugin info ID [--json]
    One plugin in full.
cinnabar plugin enable|disable ID [--enterprise ENT]
    Switches a plugin for the installation, or for one enterprise.
)";

Error usage(std::string reason) { return Error("cli.usage", {{"reason", std::move(reason)}}); }

struct Found {
  Manifest manifest;
  std::string problem;  // empty: usable
};

std::string text_of(const Error& error) {
  const auto found = kernel_errors().find(error.code());
  if (found == kernel_errors().end()) return error.what();
  return filled(found->second.en, error.params());
}

// Reads what is installed without running any of it.
std::vector<std::unique_ptr<Found>> find_all(const PluginSettings& settings) {
  std::vector<std::unique_ptr<Found>> all;
  std::vector<const Manifest*> sound;
  for (const auto& place : plugin_places(settings.folders)) {
    auto& found = *all.emplace_back(std::make_unique<Found>());
    try {
      found.manifest = read_manifest(place);
      if (const auto problem = contract_problem(found.manifest.contract)) found.problem = *problem;
      if (found.problem.empty()) found.problem = left_aside(found.manifest, settings);
      if (found.problem.empty()) verified_image(found.manifest);
    } catch (const Error& error) {
      if (found.manifest.id.empty()) found.manifest.id = place.filename().string();
      found.problem = reason_of(error);
    }
    if (found.problem.empty()) sound.push_back(&found.manifest);
  }
  for (const auto& refusal : load_order(sound, kernel_interfaces()).refused)
    for (const auto& found : all)
      if (&found->manifest == refusal.manifest) found->problem = refusal.reason;
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a->manifest.id < b->manifest.id; });
  return all;
}

Json as_json(const Found& found) {
  Json json = from_json<Json>(to_json(found.manifest));
  json.set("folder", found.manifest.folder.string());
  json.set("usable", found.problem.empty());
  json.set("problem", found.problem);
  return json;
}

int list(const PluginCommand& command) {
  const auto all = find_all(command.settings);
  if (command.json) {
    Json list = Json::array();
    for (const auto& found : all) list.add(as_json(*found));
    std::printf("%s\n", to_json(Json::object().set("plugins", std::move(list))).c_str());
    return 0;
  }
  for (const auto& found : all) {
    std::string provides;
    for (const Provided& p : found->manifest.provides)
      provides += (provides.empty() ? "" : ", ") + kind_of(p.interface) + " " + p.name;
    std::printf(
        "%-28s %-10s %s\n", found->manifest.id.c_str(), found->manifest.version.c_str(),
        found->problem.empty() ? provides.c_str() : ("NOT USED: " + found->problem).c_str());
  }
  return 0;
}

void print_texts(const char* label, const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  if (!joined.empty()) std::printf("%-12s %s\n", label, joined.c_str());
}

int info(const PluginCommand& command, const std::string& id) {
  for (const auto& found : find_all(command.settings)) {
    if (found->manifest.id != id) continue;
    if (command.json) {
      std::printf("%s\n", to_json(as_json(*found)).c_str());
      return 0;
    }
    const Manifest& m = found->manifest;
    std::vector<std::string> provides;
    for (const Provided& p : m.provides) provides.push_back(p.interface + " \"" + p.name + "\"");
    std::printf("%s %s - %s\n", m.id.c_str(), m.version.c_str(), m.title.c_str());
    print_texts("author", {m.author});
    print_texts("license", {m.license});
    print_texts("provides", provides);
    print_texts("requires", m.requires_);
    print_texts("permissions", m.permissions);
    print_texts("scope", {std::string(name_of(m.scope))});
    print_texts("isolation", {std::string(name_of(m.isolation))});
    print_texts("status", {m.status + ", " + m.posture});
    print_texts("folder", {m.folder.string()});
    if (!m.config.is_null()) print_texts("config", {to_json(m.config)});
    print_texts("NOT USED", {found->problem});
    return 0;
  }
  throw Error("plugin.not_installed", {{"plugin", id}});
}

// For one enterprise every implementation of the plugin that enterprises may switch.
void switch_for(OfflineStore& store, const Manifest& plugin, const std::string& enterprise,
                bool enabled) {
  const auto known =
      store.query()("SELECT object FROM kernel_grant WHERE object = ? LIMIT 1", {Json(enterprise)});
  if (known.rows.empty()) throw Error("plugin.no_enterprise", {{"enterprise", enterprise}});
  if (enabled) check_admitted(store.query(), plugin);
  bool any = false;
  for (const Provider* provider : store.host().providers()) {
    if (provider->manifest != &plugin || !provider->scoped_to_enterprise) continue;
    any = true;
    const auto snapshot = store.host().snapshot(enterprise);
    if (!enabled) check_dispensable(store.host(), *snapshot, *provider);
    store.commit(binding_writes(store.query(), {enterprise, provider->interface_id, provider->name,
                                                enabled, std::nullopt, std::nullopt}));
  }
  if (!any) throw Error("plugin.not_for_enterprises", {{"plugin", plugin.id}});
}

int switch_plugin(const PluginCommand& command, const std::string& id,
                  const std::string& enterprise, bool enabled) {
  OfflineStore store(command.settings, command.database);
  const Manifest* manifest = store.host().manifest(id);
  if (!manifest) throw Error("plugin.not_installed", {{"plugin", id}});
  if (!enterprise.empty()) {
    switch_for(store, *manifest, enterprise, enabled);
  } else {
    if (!enabled) check_dispensable(store.host(), *store.host().snapshot(""), *manifest);
    store.commit(switch_writes(store.query(), {id, enabled, std::nullopt}));
  }
  std::printf("%s is %s%s%s.\n", id.c_str(), enabled ? "enabled" : "disabled",
              enterprise.empty() ? "" : " for ", enterprise.c_str());
  return 0;
}

int run(PluginCommand command) {
  auto& arguments = command.arguments;
  if (std::erase(arguments, "--json") > 0) command.json = true;
  const bool help = std::erase(arguments, "--help") + std::erase(arguments, "-h") > 0;
  std::string enterprise;
  const auto option = std::find(arguments.begin(), arguments.end(), "--enterprise");
  if (option != arguments.end()) {
    if (option + 1 == arguments.end()) throw usage("--enterprise needs an id, as ent_01J...");
    enterprise = *(option + 1);
    arguments.erase(option, option + 2);
  }
  if (help || arguments.empty()) {
    std::fputs(kHelp, stdout);
    return help ? 0 : 2;
  }
  const std::string verb = arguments[0];
  if (verb == "list" && arguments.size() == 1) return list(command);
  if (arguments.size() == 2) {
    if (verb == "info") return info(command, arguments[1]);
    if (verb == "enable" || verb == "disable")
      return switch_plugin(command, arguments[1], enterprise, verb == "enable");
  }
  throw usage("plugin " + verb +
              " is not understood, or lacks its argument; see cinnabar plugin "
              "--help");
}

}  // namespace

bool knows_plugin_command(std::string_view verb) {
  static const std::set<std::string_view> kVerbs{"list", "info", "enable", "disable"};
  return verb.starts_with("-") || kVerbs.contains(verb);
}

int plugin_command(const PluginCommand& command) {
  try {
    return run(command);
  } catch (const Error& error) {
    if (error.code() == "cli.usage") throw;
    std::fprintf(stderr, "cinnabar plugin: %s\n", text_of(error).c_str());
    return 1;
  }
}

}  // namespace cinnabar::kernel
