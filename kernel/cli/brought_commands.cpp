// Commands that plugins bring, and errors in words: both need the manifests and no server.
#include "kernel/cli/commands.hpp"
#include "kernel/cli/environment.hpp"
#include "kernel/plugin/error_texts.hpp"

#include <cinnabar/services/command.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>

namespace cinnabar::kernel {
namespace {

std::vector<Manifest> installed_manifests(const Config& config,
                                          Manifest (*read)(const std::filesystem::path&)) {
  std::vector<Manifest> manifests;
  for (const auto& folder : plugin_folders(config))
    for (const auto& entry : std::filesystem::directory_iterator(folder)) try {
        std::error_code unreadable;
        if (std::filesystem::exists(entry.path() / "plugin.json", unreadable))
          manifests.push_back(read(entry.path()));
      } catch (const Error&) {  // `plugin list` is where a broken one is shown.
      }
  return manifests;
}

// Without its error texts, which no command needs to find out what to load: reading them takes
// longer than verifying a document does.
Manifest read_alone(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "plugin.json";
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  Manifest manifest = parse_manifest(text, path.string());
  manifest.folder = folder;
  return manifest;
}

Config quiet_config() {
  try {
    return load_config({{}, cinnabar_environment(), {}});
  } catch (const Error&) {
    return {};
  }
}

// The ids of all plugins but the one and what it requires, directly or not: a command runs with as
// little as it can.
std::set<std::string> not_needed(const std::vector<Manifest>& manifests, const Manifest& wanted) {
  std::set<std::string> needed{wanted.id};
  std::vector<const Manifest*> open{&wanted};
  while (!open.empty()) {
    const Manifest& manifest = *open.back();
    open.pop_back();
    for (const std::string& interface : manifest.requires_)
      for (const Manifest& other : manifests)
        if (other.provides_interface(interface) && needed.insert(other.id).second)
          open.push_back(&other);
  }
  std::set<std::string> rest;
  for (const Manifest& manifest : manifests)
    if (!needed.contains(manifest.id)) rest.insert(manifest.id);
  return rest;
}

// What the plugin calls its command interface. A plugin that it requires may bring commands too.
std::string command_provider(const Manifest& manifest) {
  for (const Provided& provided : manifest.provides)
    if (provided.interface == interface_id<Command>()) return provided.name;
  return {};
}

// Whether this process will hold nothing that a worker may not see: no setting was given to it but
// by its arguments, and none of the plugins that it loads has to do with keys.
bool holds_no_secret(const CommandInfo& command, const std::vector<const Manifest*>& loaded) {
  return !command.data && cinnabar_environment().empty() &&
         std::none_of(loaded.begin(), loaded.end(), [](const Manifest* manifest) {
           const auto& permissions = manifest->permissions;
           return manifest->provides_interface("cinnabar.key-store/1") ||
                  std::find(permissions.begin(), permissions.end(), "keys") != permissions.end();
         });
}

// Calls the provider of a command directly: there is no owner and no request here.
class DirectRoute final : public ServiceRoute {
 public:
  explicit DirectRoute(const cinnabar_service* service) : service_(service) {}
  cinnabar_status invoke(std::string_view method, const cinnabar_message& request,
                         const cinnabar_reply* reply) const override {
    return service_->invoke(service_->self, call_.call().raw(), bytes_of(method), &request, reply);
  }

 private:
  const cinnabar_service* service_;
  OwnCall call_;
};

// The configuration that the arguments ask for, and the arguments that are left for the command.
std::pair<Config, std::vector<std::string>> own_settings(
    const std::vector<std::string>& arguments) {
  const Options options = parse_options(arguments);
  std::vector<std::string> rest = options.rest;
  if (options.json) rest.push_back("--json");
  if (options.help) rest.push_back("--help");
  return {read_config(options), std::move(rest)};
}

}  // namespace

int plugin_brought_command(const std::string& name, const std::vector<std::string>& given) {
  const std::vector<Manifest> manifests = installed_manifests(read_config({}), read_alone);
  for (const Manifest& manifest : manifests) {
    const auto command = std::find_if(manifest.commands.begin(), manifest.commands.end(),
                                      [&](const CommandInfo& info) { return info.name == name; });
    if (command == manifest.commands.end()) continue;
    const auto [config, arguments] = command->data ? own_settings(given)
                                                   : std::pair(read_config({}), given);
    PluginSettings settings = plugin_settings(config);
    settings.disabled.merge(not_needed(manifests, manifest));
    std::vector<const Manifest*> loaded;
    for (const Manifest& other : manifests)
      if (!settings.disabled.contains(other.id)) loaded.push_back(&other);
    for (const Manifest* other : loaded) settings.places.push_back(other->folder);
    settings.fork_workers = holds_no_secret(*command, loaded);
    SystemClocks clocks;
    PluginHost host(settings, clocks);
    host.load();
    host.start();
    const auto* service = static_cast<const cinnabar_service*>(
        host.table(interface_id<Command>(), command_provider(manifest)));
    if (!service)
      throw Error("cli.usage", {{"reason", "the plugin " + manifest.id + " could not be loaded"}});
    const Client<Command> client(std::make_shared<DirectRoute>(service));
    return client.run({name, arguments, executable_path().string(), manifest.folder.string()})
        .exit_code;
  }
  throw Error("cli.usage", {{"reason", name + " is no command"}});
}

void print_brought_commands() {
  std::printf("\nBrought by plugins:\n");
  for (const Manifest& manifest : installed_manifests(quiet_config(), read_alone))
    for (const CommandInfo& command : manifest.commands)
      std::printf("  cinnabar %-10s %s\n", command.name.c_str(), command.summary.c_str());
}

std::string describe_error(const Error& error) {
  const auto own = kernel_errors().find(error.code());
  if (own != kernel_errors().end()) return filled(own->second.en, error.params());
  for (const Manifest& manifest : installed_manifests(quiet_config(), read_manifest))
    if (const auto found = manifest.errors.find(error.code()); found != manifest.errors.end())
      return filled(found->second.en, error.params());
  return error.what();
}

}  // namespace cinnabar::kernel
