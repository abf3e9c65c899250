// Commands that plugins bring, and errors in words: both need the manifests and no server.
#include "kernel/cli/commands.hpp"
#include "kernel/cli/environment.hpp"
#include "kernel/plugin/error_texts.hpp"

#include <cinnabar/services/command.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>
#include <unistd.h>

namespace cinnabar::kernel {
namespace {

// The manifest of an installed plugin, not yet parsed.
struct ManifestFile {
  std::filesystem::path folder;
  std::string text;

  Manifest parse() const {
    Manifest manifest = parse_manifest(text, (folder / "plugin.json").string());
    manifest.folder = folder;
    return manifest;
  }
  // False when it certainly does not hold the word; an escape may spell any.
  bool may_say(const std::string& word) const {
    return text.find('"' + word + '"') != std::string::npos || text.find('\\') != std::string::npos;
  }
};

std::vector<ManifestFile> installed_files(const Config& config) {
  std::vector<ManifestFile> files;
  for (const auto& folder : plugin_folders(config))
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const std::string path = (entry.path() / "plugin.json").string();
      const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"),
                                                                 std::fclose);
      if (!file) continue;
      ManifestFile& out = files.emplace_back(ManifestFile{entry.path(), {}});
      char part[4096];
      for (std::size_t got; (got = std::fread(part, 1, sizeof part, file.get())) > 0;)
        out.text.append(part, got);
    }
  return files;
}

// Those that pass, parsed. Without their error texts, which no command needs to find out what to
// load: a command must not take longer to start than to do its work.
template <class Passes>
std::vector<Manifest> parsed(const std::vector<ManifestFile>& files, const Passes& passes) {
  std::vector<Manifest> manifests;
  for (const ManifestFile& file : files) try {
      if (passes(file)) manifests.push_back(file.parse());
    } catch (const Error&) {  // `plugin list` is where a broken one is shown.
    }
  return manifests;
}

Config quiet_config() {
  try {
    return load_config({{}, cinnabar_environment(), {}});
  } catch (const Error&) {
    return {};
  }
}

// The one and what it requires, directly or not: a command runs with as little as it can.
std::vector<Manifest> needed(const std::vector<ManifestFile>& files, const Manifest& wanted) {
  std::vector<Manifest> out{wanted};
  std::set<std::string> ids{wanted.id}, asked;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::vector<std::string> required = out[i].requires_;
    for (const std::string& interface : required) {
      if (!asked.insert(interface).second) continue;
      for (Manifest& other : parsed(
               files, [&](const ManifestFile& file) { return file.may_say(interface); }))
        if (other.provides_interface(interface) && ids.insert(other.id).second)
          out.push_back(std::move(other));
    }
  }
  return out;
}

// What the plugin calls its command interface. A plugin that it requires may bring commands too.
std::string command_provider(const Manifest& manifest) {
  for (const Provided& provided : manifest.provides)
    if (provided.interface == interface_id<Command>()) return provided.name;
  return {};
}

// Whether this process will hold nothing that a worker may not see: no setting was given to it but
// by its arguments, and none of the plugins that it loads has to do with keys.
bool holds_no_secret(const CommandInfo& command, const std::vector<Manifest>& loaded) {
  return !command.data && cinnabar_environment().empty() &&
         std::none_of(loaded.begin(), loaded.end(), [](const Manifest& manifest) {
           const auto& permissions = manifest.permissions;
           return manifest.provides_interface("cinnabar.key-store/1") ||
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

// "plugin-check" is a part of the command `plugin`.
std::string as_typed(const std::string& name) {
  return name.starts_with("plugin-") ? "plugin " + name.substr(7) : name;
}

// Without taking everything down in order first: a command without data has nothing to put away,
// and its workers die with it.
[[noreturn]] void leave(int code) {
  if (std::fflush(nullptr) != 0 && code == 0) code = 1;
  _exit(code);
}

}  // namespace

int plugin_brought_command(const std::string& name, const std::vector<std::string>& given) {
  const std::vector<ManifestFile> files = installed_files(read_config({}));
  for (const Manifest& manifest :
       parsed(files, [&](const ManifestFile& file) { return file.may_say(name); })) {
    const auto command = std::find_if(manifest.commands.begin(), manifest.commands.end(),
                                      [&](const CommandInfo& info) { return info.name == name; });
    if (command == manifest.commands.end()) continue;
    const auto [config, arguments] = command->data ? own_settings(given)
                                                   : std::pair(read_config({}), given);
    PluginSettings settings = plugin_settings(config);
    std::vector<Manifest> loaded = needed(files, manifest);
    std::erase_if(loaded, [&](const Manifest& one) { return settings.disabled.contains(one.id); });
    const auto not_loaded = [&] {
      return Error("cli.usage", {{"reason", "the plugin " + manifest.id + " could not be loaded"}});
    };
    if (settings.disabled.contains(manifest.id)) throw not_loaded();
    for (const Manifest& one : loaded) settings.places.push_back(one.folder);
    settings.fork_workers = holds_no_secret(*command, loaded);
    SystemClocks clocks;
    PluginHost host(settings, clocks);
    host.load();
    host.start();
    const auto* service = static_cast<const cinnabar_service*>(
        host.table(interface_id<Command>(), command_provider(manifest)));
    if (!service) throw not_loaded();
    const Client<Command> client(std::make_shared<DirectRoute>(service));
    const int code =
        client.run({name, arguments, executable_path().string(), manifest.folder.string()})
            .exit_code;
    if (!command->data) leave(code);
    return code;
  }
  throw Error("cli.usage", {{"reason", as_typed(name) + " is no command"}});
}

void print_brought_commands(std::string_view prefix) {
  std::printf("\nBrought by plugins:\n");
  for (const Manifest& manifest : parsed(installed_files(quiet_config()),
                                         [](const ManifestFile&) { return true; }))
    for (const CommandInfo& command : manifest.commands)
      if (command.name.starts_with(prefix))
        std::printf("  cinnabar %-13s %s\n", as_typed(command.name).c_str(),
                    command.summary.c_str());
}

std::string describe_error(const Error& error) {
  const auto own = kernel_errors().find(error.code());
  // Whoever sits at the command line has no request to report, and may read the reason.
  if (error.code() == "internal") return error.what();
  if (own != kernel_errors().end()) return filled(own->second.en, error.params());
  for (const ManifestFile& file : installed_files(quiet_config())) try {
      const Manifest manifest = read_manifest(file.folder);
      if (const auto found = manifest.errors.find(error.code()); found != manifest.errors.end())
        return filled(found->second.en, error.params());
    } catch (const Error&) {
    }
  return error.what();
}

}  // namespace cinnabar::kernel
