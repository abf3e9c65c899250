#include "kernel/cli/environment.hpp"

#include "kernel/log/log.hpp"

namespace cinnabar::kernel {

Config read_config(const Options& options) {
  Config config = load_config({options.config_file, cinnabar_environment(), options.settings});
  open_log(config.log.level, config.log.format);
  return config;
}

std::filesystem::path executable_path() { return std::filesystem::read_symlink("/proc/self/exe"); }

namespace {

std::vector<std::filesystem::path> own_plugin_folders() {
  const auto base = executable_path().parent_path().parent_path();
  std::vector<std::filesystem::path> folders;
  for (const auto& folder : {base / "plugins", base / "lib" / "cinnabar" / "plugins"})
    if (std::filesystem::is_directory(folder)) folders.push_back(folder);
  return folders;
}

}  // namespace

std::vector<std::filesystem::path> plugin_folders(const Config& config) {
  std::vector<std::filesystem::path> folders = own_plugin_folders();
  folders.insert(folders.end(), config.plugins.folders.begin(), config.plugins.folders.end());
  return folders;
}

PluginSettings plugin_settings(const Config& config) {
  PluginSettings settings;
  settings.folders = plugin_folders(config);
  settings.own_folders = own_plugin_folders();
  settings.data_folder = shared_folder(config);
  settings.node_folder = config.storage.data;
  settings.trust = {own_plugin_folders(), config.plugins.publishers, config.plugins.allow_dev};
  settings.safe_mode = config.plugins.safe_mode;
  settings.demo = config.access.demo;
  settings.configs = config.plugin;
  settings.disabled = {config.plugins.disabled.begin(), config.plugins.disabled.end()};
  settings.storage = {{"cinnabar.database/1", config.storage.database},
                      {"cinnabar.blob-store/1", config.storage.blobs}};
  settings.in_process = {config.plugins.in_process.begin(), config.plugins.in_process.end()};
  settings.executable = executable_path();
  settings.interpreters = config.plugins.interpreters;
  settings.workers_max = config.plugins.workers_max;
  settings.worker_memory_mb = config.plugins.worker_memory_mb;
  settings.worker_deadline_s = config.plugins.worker_deadline_s;
  return settings;
}

}  // namespace cinnabar::kernel
