#include "kernel/plugin/forked_worker.hpp"

#include "kernel/plugin/host_process.hpp"
#include "kernel/plugin/library.hpp"
#include "kernel/plugin/process_pool.hpp"
#include "kernel/plugin/sandbox.hpp"
#include "kernel/plugin/worker.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace cinnabar::kernel {
namespace {

// The worker's descriptors: nothing, the log twice, the socket, the library.
constexpr int kImage = kZygoteSocket + 1;

// Leaves nothing open but what the worker needs. Throws Error.
void keep_descriptors(int socket, int image, int log) {
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  // Out of the way first, so that none of them overwrites another.
  int from[] = {nothing, log, log, socket, image};
  for (int& fd : from) fd = fcntl(fd, F_DUPFD, kImage + 1);
  for (int to = 0; to <= kImage; ++to)
    if (from[to] < 0 || dup2(from[to], to) < 0)
      throw Error("worker.sandbox_failed", {{"detail", "the descriptors cannot be arranged"}});
  close_range(kImage + 1, ~0U, 0);
}

// Variables may be secrets, of whomever: their texts are wiped, and few are set again.
void forget_environment() {
  static std::vector<std::string> variables = hosted_environment();
  static std::vector<char*> kept;
  for (std::string& text : variables) kept.push_back(text.data());
  kept.push_back(nullptr);
  for (char** entry = environ; entry && *entry; ++entry) explicit_bzero(*entry, strlen(*entry));
  environ = kept.data();
}

}  // namespace

bool ForkedWorker::possible() {
  struct stat tasks {};
  // A folder counts itself twice and each of its folders once: here, one a thread.
  return stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink == 3;
}

Error ForkedWorker::unavailable(const std::string& detail) const {
  return Error("worker.unavailable", {{"plugin", settings_.plugin.id}, {"detail", detail}}, {},
               CINNABAR_UNAVAILABLE);
}

ForkedWorker::ForkedWorker(ZygoteSettings settings, UniqueFd image)
    : settings_(std::move(settings)), image_(std::move(image)), log_(settings_.plugin.id) {
  int ends[2];
  // A worker that says more than the pipe holds goes on without being heard.
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw unavailable(std::strerror(errno));
  log_pipe_ = UniqueFd(ends[0]);
  log_end_ = UniqueFd(ends[1]);
  idle_ = fork_worker();
}

ForkedWorker::~ForkedWorker() {
  if (idle_) end(std::move(*idle_));
}

HostedWorker ForkedWorker::fork_worker() {
  int ends[2];
  if (!possible()) throw unavailable("this process has several threads");
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    throw unavailable(std::strerror(errno));
  HostedWorker worker;
  worker.socket = UniqueFd(ends[0]);
  const UniqueFd theirs(ends[1]);
  const pid_t parent = getpid();
  worker.pid = fork();
  if (worker.pid == 0) become_worker(theirs, parent);
  if (worker.pid < 0) throw unavailable(std::strerror(errno));
  return worker;
}

void ForkedWorker::become_worker(const UniqueFd& socket, int parent) {
  try {
    forget_environment();
    keep_descriptors(socket.get(), image_.get(), log_end_.get());
    if (chdir("/") != 0) _exit(kExitStart);
    prctl(PR_SET_NAME, "cinnabar-worker");
    const HostedPlugin& hosted = settings_.plugin;
    const Confinement confinement =
        confine_zygote(
        {hosted.network ? Network::open : Network::closed_by_filter, hosted.folder});
    Manifest manifest;
    manifest.id = hosted.id;
    manifest.version = hosted.version;
    TableInstance plugin(load_image(manifest, UniqueFd(kImage)), hosted_host(hosted.config));
    plugin.start();
    confine_worker({address_space_bytes() + hosted.memory_bytes, hosted.cpu_s}, confinement);
    // The parent may have died before its death could be signalled.
    if (getppid() != parent) _exit(0);
    serve_calls(plugin, UniqueFd(kZygoteSocket));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  _exit(kExitStart);
}

HostedWorker ForkedWorker::take(std::int64_t) {
  const std::lock_guard lock(mutex_);
  if (lent_)
    throw Error("worker.busy", {{"plugin", settings_.plugin.id}}, {}, CINNABAR_UNAVAILABLE);
  HostedWorker worker = idle_ ? std::move(*idle_) : fork_worker();
  idle_.reset();
  lent_ = true;
  return worker;
}

void ForkedWorker::give_back(HostedWorker worker) {
  const std::lock_guard lock(mutex_);
  read_log();
  ++worker.calls;
  idle_ = std::move(worker);
  lent_ = false;
}

WorkerEnd ForkedWorker::end(HostedWorker worker) {
  const std::lock_guard lock(mutex_);
  lent_ = false;
  WorkerEnd how;
  rusage used{};
  kill(worker.pid, SIGKILL);  // a child that nobody else waits for: its id is not reused
  while (wait4(worker.pid, &how.wait_status, 0, &used) < 0 && errno == EINTR) continue;
  how.resident_max_kib = used.ru_maxrss;
  read_log();
  return how;
}

// Under mutex_.
void ForkedWorker::read_log() {
  char buffer[4096];
  for (ssize_t got; (got = ::read(log_pipe_.get(), buffer, sizeof buffer)) > 0;)
    log_.feed({buffer, static_cast<std::size_t>(got)}, steady_ms());
}

}  // namespace cinnabar::kernel
