#include "kernel/cli/commands.hpp"

#include "kernel/base/folders.hpp"
#include "kernel/base/version.hpp"
#include "kernel/cli/environment.hpp"
#include "kernel/log/log.hpp"
#include "kernel/plugin/plugin_command.hpp"
#include "kernel/system/kernel.hpp"

#include <cinnabar/durable_file.hpp>
#include <cinnabar/package/crash_file.hpp>
#include <cinnabar/package/crash_marks.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace cinnabar::kernel {
namespace {

// Blocks the signals that end the process, in this thread and all that it starts; main waits for
// one of them with sigwait.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

// Raises the limit of open files to what the system allows, and keeps enough of them for blobs,
// the database and the workers: otherwise idle connections would take them all.
void fit_connections(ServerConfig& server) {
  constexpr rlim_t kOtherFiles = 256;
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &files) != 0) getrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur == RLIM_INFINITY) return;
  const rlim_t most = std::max<rlim_t>(files.rlim_cur, 2 * kOtherFiles) - kOtherFiles;
  if (static_cast<rlim_t>(server.connections_max) <= most) return;
  server.connections_max = static_cast<int>(most);
  log_warning("fewer connections than configured: the limit of open files is low",
              {{"connections_max", std::to_string(most)}});
}

std::filesystem::path safe_mode_file(const Config& config) {
  return std::filesystem::path(config.storage.data) / "safe-mode";
}

// Said in the log, and left for `doctor`, which is another process.
void tell_safe_mode(const Config& config) {
  std::filesystem::remove(safe_mode_file(config));
  if (!config.plugins.safe_mode) return;
  write_durable(safe_mode_file(config), "");
  log_warning("safe mode: only the plugins that came with the installation are loaded");
}

Check safe_mode_check(const Config& config) {
  const bool safe = config.plugins.safe_mode || std::filesystem::exists(safe_mode_file(config));
  return {"server.safe_mode", !safe, safe ? 1 : 0,
          safe ? "the server was started in safe mode: only the plugins that came with the "
                 "installation are loaded; start it without --safe-mode"
               : "no"};
}

void refuse_rest(const Options& options) {
  if (!options.rest.empty())
    throw Error("cli.usage", {{"reason", options.rest.front() + " is not understood here"}});
}

}  // namespace

int serve_command(const Options& options) {
  refuse_rest(options);
  const sigset_t signals = block_stop_signals();
  Config config = read_config(options);
  fit_connections(config.server);
  make_folder(config.storage.data);
  const FolderLock lock(config.storage.data);
  const PluginSettings settings = plugin_settings(config);
  package::watch_crashes(package::crash_file(settings.node_folder));
  tell_safe_mode(config);
  Kernel kernel(config, settings);
  kernel.open();
  const std::uint16_t port = kernel.serve();
  const bool tls = !config.server.tls_certificate.empty();
  std::printf("Cinnabar is ready at %s://%s:%u\n", tls ? "https" : "http",
              config.server.address.c_str(), static_cast<unsigned>(port));
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  kernel.stop();
  return 0;
}

int doctor_command(const Options& options) {
  refuse_rest(options);
  const Config config = read_config(options);
  Kernel kernel(config, plugin_settings(config));
  kernel.open();
  Findings findings = kernel.examine();
  findings.checks.push_back(safe_mode_check(config));
  bool ok = true;
  std::int64_t stuck = 0;
  for (const Check& check : findings.checks) {
    ok = ok && check.ok;
    if (check.name.ends_with(".stuck")) stuck += check.count;
  }
  if (options.json) {
    Json report = from_json<Json>(to_json(findings));
    report.set("ok", ok).set("stuck", stuck);
    std::printf("%s\n", to_json(report).c_str());
  } else {
    for (const Check& check : findings.checks)
      std::printf("%-5s %-24s %s\n", check.ok ? "ok" : "WRONG", check.name.c_str(),
                  check.detail.c_str());
  }
  return ok ? 0 : 1;
}

int migrate_command(const Options& options) {
  refuse_rest(options);
  const Config config = read_config(options);
  Kernel kernel(config, plugin_settings(config));
  kernel.open();
  std::printf("The database is up to date.\n");
  return 0;
}

int config_command(const Options& options) {
  refuse_rest(options);
  std::fputs(config_reference().c_str(), stdout);
  return 0;
}

int plugin_cli_command(const Options& options) {
  const Config config = read_config(options);
  std::vector<std::string> arguments = options.rest;
  if (options.help) arguments.push_back("--help");
  const int code = plugin_command(
      {arguments, options.json, plugin_settings(config), config.storage.database});
  if (options.help || options.rest.empty()) print_brought_commands("plugin-");
  return code;
}

int version_command(const Options&) {
  std::printf("cinnabar %s, plugin contract %u.%u\n", kVersion, CINNABAR_ABI_MAJOR,
              CINNABAR_ABI_MINOR);
  return 0;
}

}  // namespace cinnabar::kernel
