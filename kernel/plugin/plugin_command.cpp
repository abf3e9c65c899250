#include "kernel/plugin/plugin_command.hpp"

#include "kernel/plugin/error_texts.hpp"
#include "kernel/plugin/library.hpp"
#include "kernel/plugin/offline_store.hpp"
#include "kernel/plugin/process_program.hpp"
#include "kernel/plugin/package_command.hpp"

#include <cinnabar/package/crash_file.hpp>

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
cinnabar plugin install FILE|FOLDER
    Checks a signed package and puts it beside the others. Nothing of it runs yet.
cinnabar plugin admit ID VERSION
    Lets an installed version run from the next start on; expel ID takes that back.
cinnabar plugin offer|withdraw ID all|ENT...
    Which enterprises may enable it; after its first admission: all.
cinnabar plugin remove ID VERSION
    Takes an installed version away that is not admitted.
cinnabar plugin release ID
    Lets a plugin in again that was left out because it crashed the server.
)";

Error usage(std::string reason) { return Error("cli.usage", {{"reason", std::move(reason)}}); }

std::string text_of(const Error& error) {
  const auto found = kernel_errors().find(error.code());
  if (found == kernel_errors().end()) return error.what();
  return filled(found->second.en, error.params());
}

// Why a sound plugin is not used; empty: it is.
std::string problem_of(const Manifest& m, const package::Trust& trust,
                       const PluginSettings& settings) {
  if (const auto problem = contract_problem(m.contract)) return *problem;
  if (std::string aside = left_aside(m, trust, settings); !aside.empty()) return aside;
  if (m.run.empty())
    verified_image(m, trust);
  else
    program_of(m, settings.interpreters);
  if (trust.is(package::TrustClass::first_party)) return {};
  return package::crash_problem(settings.node_folder, m.id);
}

package::CatalogueEntries find_all(const PluginCommand& command) {
  const PluginSettings& settings = command.settings;
  return package::find_entries(settings.folders, settings.node_folder, settings.trust,
                               catalogue_of(command), kernel_interfaces(),
                               [&](const Manifest& manifest, const package::Trust& trust) {
                                 return problem_of(manifest, trust, settings);
                               });
}

int list(const PluginCommand& command) {
  Json list = Json::array();
  std::string text;
  for (const auto& entry : find_all(command)) {
    list.add(package::as_json(*entry));
    text += package::list_text(*entry);
  }
  if (command.json) text = to_json(Json::object().set("plugins", std::move(list))) + "\n";
  std::fputs(text.c_str(), stdout);
  return 0;
}

int info(const PluginCommand& command, const std::string& id) {
  for (const auto& entry : find_all(command)) {
    if (entry->manifest.id != id) continue;
    const std::string text =
        command.json ? to_json(package::as_json(*entry)) + "\n" : package::info_text(*entry);
    std::fputs(text.c_str(), stdout);
    return 0;
  }
  throw Error("plugin.not_installed", {{"plugin", id}});
}

// For one enterprise every implementation of the plugin that enterprises may switch.
void switch_for(OfflineStore& store, const Manifest& plugin, const std::string& enterprise,
                bool enabled) {
  check_enterprise(store.query(), enterprise);
  if (enabled) check_admitted(store.query(), plugin);
  if (enabled && store.host().is_package(plugin))
    check_available(store.query(), plugin.id, enterprise);
  bool any = false;
  for (const Provider* provider : store.host().providers()) {
    if (provider->manifest != &plugin || !provider->scoped_to_enterprise) continue;
    any = true;
    const auto snapshot = store.host().snapshot(enterprise);
    if (!enabled) check_dispensable(store.host(), *snapshot, *provider);
    store.commit(binding_writes(store.query(), {enterprise, provider->interface_id, provider->name,
                                                enabled, std::nullopt, std::nullopt}),
                 enabled ? "plugin.enable" : "plugin.disable", enterprise + " " + plugin.id);
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
    store.commit(switch_writes(store.query(), {id, enabled, std::nullopt}),
                 enabled ? "plugin.enable" : "plugin.disable", id);
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
  if (is_package_verb(verb))
    return package_command(command, verb, {arguments.begin() + 1, arguments.end()});
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
  return verb.starts_with("-") || kVerbs.contains(verb) || is_package_verb(verb);
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
