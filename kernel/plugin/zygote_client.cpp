#include "kernel/plugin/zygote_client.hpp"

#include "kernel/plugin/frame.hpp"
#include "kernel/plugin/host_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace cinnabar::kernel {
namespace {

// A fork or the end of a killed process; longer means that the zygote hangs.
constexpr int kAnswerTimeoutMs = 5'000;
// Given to a zygote whose socket was closed before it is killed.
constexpr int kEndTimeoutMs = 1'000;

constexpr const char* kKeptVariables[] = {
    "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "TZ",
    "ASAN_OPTIONS",    "TSAN_OPTIONS",    "UBSAN_OPTIONS"};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::pair<UniqueFd, UniqueFd> socket_pair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return {};
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

}  // namespace

std::vector<std::string> hosted_environment() {
  std::vector<std::string> variables{"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME=/nonexistent",
                                     // One arena: a worker has one thread, and memory is counted.
                                     "MALLOC_ARENA_MAX=1"};
  for (const char* name : kKeptVariables)
    if (const char* value = std::getenv(name)) variables.push_back(std::string(name) + "=" + value);
  return variables;
}

Error ZygoteClient::unavailable(const std::string& detail) const {
  return Error("worker.unavailable", {{"plugin", settings_.plugin.id}, {"detail", detail}}, {},
               CINNABAR_UNAVAILABLE);
}

void ZygoteClient::spawn(int socket, int log) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, log, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO);
  posix_spawn_file_actions_adddup2(&actions, socket, kZygoteSocket);
  // Libraries in the server may open files without O_CLOEXEC, as those of key tokens do.
  posix_spawn_file_actions_addclosefrom_np(&actions, kZygoteSocket + 1);
  posix_spawn_file_actions_addchdir_np(&actions, "/");
  // The server blocks signals that it waits for; the child begins with none blocked.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);

  std::vector<std::string> arguments{settings_.executable.string(), "plugin-host",
                                     settings_.plugin.id};
  std::vector<std::string> variables = hosted_environment();
  const int result = posix_spawn(&pid_, settings_.executable.c_str(), &actions, &attributes,
                                 pointers(arguments).data(), pointers(variables).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (result != 0) {
    pid_ = -1;
    throw unavailable("cannot start " + settings_.executable.string() + ": " +
                      std::strerror(result));
  }
  setpriority(PRIO_PROCESS, static_cast<id_t>(pid_), settings_.nice);
}

ZygoteClient::ZygoteClient(const ZygoteSettings& settings, int image) : settings_(settings) {
  auto [mine, theirs] = socket_pair();
  int ends[2];
  if (!mine || pipe2(ends, O_CLOEXEC) != 0) throw unavailable(std::strerror(errno));
  log_ = UniqueFd(ends[0]);
  const UniqueFd log_end(ends[1]);
  fcntl(log_.get(), F_SETFL, O_NONBLOCK);
  control_ = std::move(mine);
  spawn(theirs.get(), log_end.get());
  const std::string plugin = to_json(settings_.plugin);
  if (!send_frame(control_.get(), {FrameKind::load}, {plugin}, image))
    throw unavailable(std::string("the plugin cannot be handed over: ") + std::strerror(errno));
}

ZygoteClient::~ZygoteClient() {
  control_.reset();
  if (pid_ < 0) return;
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  pollfd ended{process.get(), POLLIN, 0};
  if (!process || poll(&ended, 1, kEndTimeoutMs) <= 0) kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

std::string ZygoteClient::wait_ready(int timeout_ms) {
  ReceivedFrame frame;
  const Receiving received = receive_frame(control_.get(), timeout_ms, frame);
  if (received == Receiving::timed_out) throw unavailable("it did not start in time");
  if (received != Receiving::done || frame.head.kind != FrameKind::ready || frame.parts.size() != 1)
    throw unavailable("its process ended while it started");
  if (frame.head.status != CINNABAR_OK)
    throw Error("plugin.refused", {{"reason", std::string(frame.parts[0])}});
  return std::string(frame.parts[0]);
}

HostedWorker ZygoteClient::fork_worker() {
  auto [mine, theirs] = socket_pair();
  if (!mine) throw unavailable(std::strerror(errno));
  ReceivedFrame answer;
  if (!send_frame(control_.get(), {FrameKind::fork}, {}, theirs.get()) ||
      receive_frame(control_.get(), kAnswerTimeoutMs, answer) != Receiving::done ||
      answer.head.kind != FrameKind::forked || answer.head.status != CINNABAR_OK ||
      !answer.attached)
    throw unavailable("no worker could be forked");
  HostedWorker worker;
  worker.socket = std::move(mine);
  worker.process = std::move(answer.attached);
  worker.pid = static_cast<int>(answer.head.number_a);
  return worker;
}

WorkerEnd ZygoteClient::reap(const HostedWorker& worker) {
  syscall(SYS_pidfd_send_signal, worker.process.get(), SIGKILL, nullptr, 0);
  ReceivedFrame answer;
  if (!send_frame(control_.get(), {FrameKind::reap, 0, worker.pid, 0}) ||
      receive_frame(control_.get(), kAnswerTimeoutMs, answer) != Receiving::done ||
      answer.head.kind != FrameKind::reaped || answer.head.status != CINNABAR_OK)
    throw unavailable("its zygote does not answer");
  return {static_cast<int>(answer.head.number_a), answer.head.number_b};
}

}  // namespace cinnabar::kernel
