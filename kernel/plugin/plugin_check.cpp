#include "kernel/plugin/plugin_check.hpp"

#include "kernel/plugin/frame.hpp"
#include "kernel/plugin/instance.hpp"
#include "kernel/plugin/library.hpp"
#include "kernel/plugin/plugin_host.hpp"
#include "kernel/plugin/worker.hpp"

#include <sys/socket.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <cstring>

namespace cinnabar::kernel {
namespace {

// The whole of the running part; a plugin does next to nothing in it.
constexpr int kRunTimeoutMs = 20'000;
// Loading and creating each plugin lies on the way of every start of the server.
constexpr std::int64_t kLoadTimeMaxMs = 200;

using Steps = std::vector<CheckStep>;

// Runs one step: what it throws is the finding.
bool step(Steps& steps, const std::string& name, const std::function<std::string()>& run) {
  try {
    steps.push_back({name, true, run()});
  } catch (const Error& error) {
    steps.push_back({name, false, reason_of(error)});
  } catch (const std::exception& error) {
    steps.push_back({name, false, error.what()});
  }
  return steps.back().passed;
}

Error wrong(std::string reason) { return Error("plugin.refused", {{"reason", std::move(reason)}}); }

std::string timed(const std::function<void()>& run) {
  const auto begin = std::chrono::steady_clock::now();
  run();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                      std::chrono::steady_clock::now() - begin)
                      .count();
  if (ms > kLoadTimeMaxMs)
    throw wrong("took " + std::to_string(ms) + " ms; the limit is " +
                std::to_string(kLoadTimeMaxMs) + " ms, so do the work at its first use");
  return std::to_string(ms) + " ms";
}

void expect_absent(const PluginInstance& plugin, const std::string& id) {
  if (plugin.find(id)) throw wrong("answers to \"" + id + "\", which it does not provide");
}

std::string check_lookup(const PluginInstance& plugin, const Manifest& manifest) {
  for (const Provided& p : manifest.provides)
    if (!plugin.find(p.interface))
      throw wrong("plugin.json says that it provides " + p.interface + ", the library does not");
  expect_absent(plugin, "");
  expect_absent(plugin, "cinnabar.no-such-thing/1");
  for (const Provided& p : manifest.provides) {
    expect_absent(plugin, p.interface + "x");
    expect_absent(plugin, p.interface + std::string(1, '\0'));
    expect_absent(plugin, p.interface.substr(0, p.interface.size() - 1));
  }
  return std::to_string(manifest.provides.size()) + " provided";
}

// An unknown method and a document that is not JSON are answered, not believed.
std::string check_service(const cinnabar_service& service) {
  const OwnCall call("ent_check");
  const auto invoke = [&](std::string_view method, std::string_view json) {
    const cinnabar_message message{sizeof message, bytes_of(json), nullptr, 0};
    ReplyBuffer reply;
    return service.invoke(service.self, call.call().raw(), bytes_of(method), &message, reply.raw());
  };
  if (service.struct_size < sizeof(cinnabar_service)) throw wrong("its service table is too small");
  for (const char* method : {"", "no_such_method"})
    if (invoke(method, "{}") != CINNABAR_UNSUPPORTED)
      throw wrong("an unknown method must be answered with CINNABAR_UNSUPPORTED");
  for (const char* method : {"begin", "verify", "render", "describe", "send", "run"})
    if (invoke(method, "{\"x\":") == CINNABAR_OK)
      throw wrong(std::string("the method ") + method + " took a document that is not JSON");
  return {};
}

// Everything that runs the plugin's code.
Steps run_steps(const Manifest& manifest, UniqueFd image) {
  Steps steps;
  const cinnabar_plugin* table = nullptr;
  std::unique_ptr<TableInstance> plugin;
  if (!step(steps, "load",
            [&] { return timed([&] { table = load_image(manifest, std::move(image)); }); }) ||
      !step(steps, "create",
            [&] {
              return timed(
                  [&] { plugin = std::make_unique<TableInstance>(table, hosted_host({})); });
            }) ||
      !step(steps, "interfaces", [&] { return check_lookup(*plugin, manifest); }))
    return steps;
  for (const Provided& p : manifest.provides)
    if (!is_table_interface(p.interface))
      step(steps, "service " + p.interface, [&] {
        return check_service(*static_cast<const cinnabar_service*>(plugin->find(p.interface)));
      });
  step(steps, "destroy", [&] {
    plugin->drain();
    plugin.reset();
    return std::string();
  });
  step(steps, "create again", [&] {
    plugin = std::make_unique<TableInstance>(table, hosted_host({}));
    plugin.reset();
    return std::string();
  });
  return steps;
}

// In a process of its own: the steps so far come back even when a later one crashes.
Steps run_apart(const Manifest& manifest, UniqueFd image) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    throw failure("no socket pair");
  UniqueFd mine(ends[0]), theirs(ends[1]);
  const pid_t child = fork();
  if (child < 0) throw failure("no process");
  if (child == 0) {
    mine.reset();
    std::vector<std::string> texts;
    for (const CheckStep& done : run_steps(manifest, std::move(image))) {
      texts.push_back(done.name);
      texts.push_back(done.passed ? "1" : "");
      texts.push_back(done.detail);
    }
    send_frame(theirs.get(), {FrameKind::reply}, {texts.begin(), texts.end()});
    _exit(0);
  }
  theirs.reset();
  ReceivedFrame frame;
  const Receiving received = receive_frame(mine.get(), kRunTimeoutMs, frame);
  if (received != Receiving::done) kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  if (received == Receiving::timed_out) return {{"run", false, "did not end within 20 seconds"}};
  if (received != Receiving::done)
    return {{"run", false,
             WIFSIGNALED(status)
                 ? std::string("crashed: ") + strsignal(WTERMSIG(status))
                 : "ended the process with exit code " + std::to_string(WEXITSTATUS(status))}};
  Steps steps;
  for (std::size_t i = 0; i + 2 < frame.parts.size(); i += 3)
    steps.push_back({std::string(frame.parts[i]), !frame.parts[i + 1].empty(),
                     std::string(frame.parts[i + 2])});
  return steps;
}

}  // namespace

std::vector<CheckStep> check_plugin(const std::filesystem::path& place) {
  Steps steps;
  Manifest manifest;
  UniqueFd image;
  const bool folder = std::filesystem::is_directory(place);
  const bool readable = step(steps, "manifest",
                             [&] {
                               manifest = read_manifest(
                                   folder ? place : std::filesystem::absolute(place).parent_path());
                               if (!folder) manifest.library = place;
                               return manifest.id + " " + manifest.version;
                             }) &&
                        step(steps, "contract",
                             [&] {
                               if (const auto problem = contract_problem(manifest.contract))
                                 throw wrong(*problem);
                               return manifest.contract;
                             }) &&
                        step(steps, "provides",
                             [&] {
                               if (manifest.provides.empty() && manifest.commands.empty())
                                 throw wrong("plugin.json names nothing that it provides");
                               return std::to_string(manifest.provides.size());
                             }) &&
                        step(steps, "symbols", [&] {
                          image = verified_image(manifest);
                          return std::string("the entry and nothing else");
                        });
  if (!readable) return steps;
  for (CheckStep& done : run_apart(manifest, std::move(image))) steps.push_back(std::move(done));
  return steps;
}

}  // namespace cinnabar::kernel
