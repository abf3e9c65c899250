#include "kernel/plugin/package_command.hpp"

#include "kernel/base/folders.hpp"
#include "kernel/plugin/offline_store.hpp"

#include <cinnabar/package/crash_file.hpp>
#include <cinnabar/package/trust.hpp>

#include <algorithm>
#include <cstdio>

namespace cinnabar::kernel {
namespace {

using Arguments = std::vector<std::string>;

int install(const PluginCommand& command, const Arguments& arguments) {
  std::string what;
  make_folder(command.settings.node_folder);
  package::install(command.settings.node_folder, arguments[0],
                   [&](const package::Signature& signature, const std::string& manifest) {
                     package::approve(signature, manifest, command.settings.trust);
                     what = signature.package.plugin + " " + signature.package.version;
                   });
  std::printf("%s is installed; cinnabar plugin admit %s lets it run.\n", what.c_str(),
              what.c_str());
  return 0;
}

int remove(const PluginCommand& command, const Arguments& arguments) {
  const std::string &id = arguments[0], &version = arguments[1];
  if (package::admitted_version(command.settings.node_folder, id) == version)
    throw Error("plugin.is_admitted", {{"plugin", id}, {"version", version}});
  // A server that runs may have loaded it, and reads its resources as it goes.
  const FolderLock lock(command.settings.node_folder);
  if (!package::remove(command.settings.node_folder, id, version))
    throw Error("plugin.not_installed", {{"plugin", id + " " + version}});
  std::printf("%s %s is removed.\n", id.c_str(), version.c_str());
  return 0;
}

int admit(const PluginCommand& command, const Arguments& arguments) {
  const std::string &id = arguments[0], &version = arguments[1];
  const auto& data = command.settings.node_folder;
  const auto plugin = package::read_installed(data, id, version, command.settings.trust);
  OfflineStore store(command.settings, command.database);
  store.commit(admission_writes(store.query(), plugin.manifest,
                                package::admitted_version(data, id).empty()),
               "plugin.admit", id + " " + version);
  package::set_admitted_version(data, id, version);
  std::printf("%s %s is admitted; the server runs it from its next start on.\n", id.c_str(),
              version.c_str());
  return 0;
}

int expel(const PluginCommand& command, const Arguments& arguments) {
  const std::string& id = arguments[0];
  const auto& data = command.settings.node_folder;
  if (package::admitted_version(data, id).empty())
    throw Error("plugin.not_installed", {{"plugin", id}});
  OfflineStore store(command.settings, command.database);
  if (const Manifest* manifest = store.host().manifest(id))
    check_dispensable(store.host(), *store.host().snapshot(""), *manifest);
  store.commit(switch_writes(store.query(), {id, false, std::nullopt}), "plugin.expel", id);
  package::set_admitted_version(data, id, "");
  std::printf("%s is switched off, and not loaded at the next start.\n", id.c_str());
  return 0;
}

int offer(const PluginCommand& command, const Arguments& arguments, bool offered) {
  const std::string& id = arguments[0];
  const auto& data = command.settings.node_folder;
  const auto plugin = package::read_installed(data, id, package::admitted_version(data, id),
                                              command.settings.trust);
  OfflineStore store(command.settings, command.database);
  for (auto owner = arguments.begin() + 1; owner != arguments.end(); ++owner) {
    const std::string to = *owner == "all" ? "" : *owner;
    if (!to.empty()) check_enterprise(store.query(), to);
    store.commit(offer_writes(store.query(), plugin.manifest, to, offered),
                 offered ? "plugin.offer" : "plugin.withdraw", id + " " + *owner);
  }
  std::printf("%s is %s.\n", id.c_str(), offered ? "offered" : "withdrawn");
  return 0;
}

int release(const PluginCommand& command, const Arguments& arguments) {
  const std::string& id = arguments[0];
  if (!package::forget_crashes(package::crash_file(command.settings.node_folder), id))
    throw Error("plugin.no_crashes", {{"plugin", id}});
  std::printf("The crashes of %s are forgotten; the next start loads it.\n", id.c_str());
  return 0;
}

struct Verb {
  std::size_t least, most;  // arguments
  int (*run)(const PluginCommand&, const Arguments&);
};

const std::map<std::string_view, Verb>& verbs() {
  static const std::map<std::string_view, Verb> kVerbs{
      {"install", {1, 1, &install}},
      {"remove", {2, 2, &remove}},
      {"admit", {2, 2, &admit}},
      {"expel", {1, 1, &expel}},
      {"offer", {2, 1'000, [](const auto& c, const auto& a) { return offer(c, a, true); }}},
      {"withdraw", {2, 1'000, [](const auto& c, const auto& a) { return offer(c, a, false); }}},
      {"release", {1, 1, &release}},
  };
  return kVerbs;
}

}  // namespace

bool is_package_verb(std::string_view verb) { return verbs().contains(verb); }

int package_command(const PluginCommand& command, const std::string& name,
                    const std::vector<std::string>& arguments) {
  const Verb& verb = verbs().at(name);
  if (arguments.size() < verb.least || arguments.size() > verb.most)
    throw Error("cli.usage", {{"reason", "plugin " + name + " takes other arguments"}});
  return verb.run(command, arguments);
}

package::Catalogue catalogue_of(const PluginCommand& command) {
  if (!std::filesystem::exists(command.settings.data_folder / "plugins")) return {};
  try {
    const OfflineStore store(command.settings, command.database, OfflineStore::Reach::storage);
    return package::read_catalogue(store.query());
  } catch (const Error& error) {
    std::fprintf(stderr, "Who is offered and who has bound it is not known: %s\n",
                 reason_of(error).c_str());
    return {};
  }
}

}  // namespace cinnabar::kernel
