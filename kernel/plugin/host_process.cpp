#include "kernel/plugin/host_process.hpp"

#include "kernel/plugin/frame.hpp"
#include "kernel/plugin/library.hpp"
#include "kernel/plugin/process_program.hpp"
#include "kernel/plugin/worker.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <set>

namespace cinnabar::kernel {
namespace {

class Zygote {
 public:
  // Loads, creates and starts the plugin; `image` is its library, if it has one.
  Zygote(const UniqueFd& socket, HostedPlugin plugin, UniqueFd image)
      : socket_(socket.get()), hosted_(std::move(plugin)), confinement_(confine(hosted_)) {
    prctl(PR_SET_NAME, "cinnabar-zygote");
    const cinnabar_host* host = hosted_host(hosted_.config);
    if (hosted_.run.empty()) {
      Manifest manifest;
      manifest.id = hosted_.id;
      manifest.version = hosted_.version;
      plugin_ = std::make_unique<TableInstance>(load_image(manifest, std::move(image)), host);
    } else {
      auto program = std::make_unique<ProgramInstance>(hosted_, confinement_, host);
      program_ = program.get();
      plugin_ = std::move(program);
    }
    plugin_->start();
  }

  const Confinement& confinement() const { return confinement_; }

  // Answers the server until it hangs up.
  void serve() {
    for (;;) {
      ReceivedFrame frame;
      if (receive_frame(socket_, -1, frame) != Receiving::done) return;
      if (frame.head.kind == FrameKind::fork && frame.attached)
        fork_worker(std::move(frame.attached));
      else if (frame.head.kind == FrameKind::reap)
        reap(static_cast<pid_t>(frame.head.number_a));
    }
  }

 private:
  static Confinement confine(const HostedPlugin& plugin) {
    const bool program = !plugin.run.empty();
    if (program && chdir(plugin.folder.c_str()) != 0)
      throw Error("plugin.refused", {{"reason", plugin.folder + ": " + std::strerror(errno)}});
    const Confinement done =
        confine_zygote({plugin.network ? Network::open : Network::own_namespace, plugin.folder,
                        program});
    if (program && access(plugin.folder.c_str(), R_OK | X_OK) != 0)
      throw Error("plugin.refused", {{"reason", plugin.folder +
                                                    " cannot be read by the user that runs its "
                                                    "program; allow it with chmod -R o+rX"}});
    return done;
  }

  void fork_worker(UniqueFd socket) {
    const WorkerLimits limits{address_space_bytes() + hosted_.memory_bytes, hosted_.cpu_s};
    const pid_t zygote = getpid();
    const pid_t pid = fork();
    if (pid == 0) run_worker(limits, zygote, socket);
    socket.reset();
    FrameHead answer{FrameKind::forked, pid < 0 ? CINNABAR_UNAVAILABLE : CINNABAR_OK, pid, 0};
    const UniqueFd process(pid < 0 ? -1 : static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    if (pid > 0) workers_.insert(pid);
    if (pid > 0 && !process) {
      kill(pid, SIGKILL);
      answer.status = CINNABAR_FAILED;
    }
    send_frame(socket_, answer, {}, process.get());
  }

  [[noreturn]] void run_worker(const WorkerLimits& limits, pid_t zygote, const UniqueFd& socket) {
    close(socket_);
    prctl(PR_SET_NAME, "cinnabar-worker");
    try {
      if (program_) program_->begin_worker();
      confine_worker(limits, confinement_);
      // The zygote may have died before its death could be signalled.
      if (getppid() != zygote) _exit(0);
    } catch (const Error& error) {
      std::fprintf(stderr, "%c3%s\n", kLogMark, error.what());
      _exit(kExitSandbox);
    }
    serve_calls(*plugin_, socket);
  }

  // The server has killed or seen the end of the worker, so this does not wait long.
  void reap(pid_t pid) {
    FrameHead answer{FrameKind::reaped, CINNABAR_FAILED, 0, 0};
    int status = 0;
    rusage used{};
    if (workers_.erase(pid) > 0 && wait4(pid, &status, 0, &used) == pid)
      answer = {FrameKind::reaped, CINNABAR_OK, status, used.ru_maxrss};
    send_frame(socket_, answer);
  }

  int socket_;
  const HostedPlugin hosted_;
  Confinement confinement_;
  std::unique_ptr<PluginInstance> plugin_;
  ProgramInstance* program_ = nullptr;  // the same one, if it is a program
  std::set<pid_t> workers_;
};

int serve_zygote(const UniqueFd& socket) {
  ReceivedFrame load;
  if (receive_frame(socket.get(), -1, load) != Receiving::done ||
      load.head.kind != FrameKind::load || load.parts.size() != 1)
    return 1;
  std::unique_ptr<Zygote> zygote;
  try {
    zygote = std::make_unique<Zygote>(socket, from_json<HostedPlugin>(load.parts[0]),
                                      std::move(load.attached));
  } catch (const Error& error) {
    const std::string reason = error.what();
    send_frame(socket.get(), {FrameKind::ready, CINNABAR_FAILED}, {reason});
    return 1;
  }
  const std::string summary = zygote->confinement().summary();
  if (!send_frame(socket.get(), {FrameKind::ready, CINNABAR_OK}, {summary})) return 1;
  zygote->serve();
  // Without destructors: the plugin is not unloaded, and workers die with this process.
  _exit(0);
}

}  // namespace

int run_plugin_host(int, char**) {
  int type = 0;
  socklen_t size = sizeof type;
  if (getsockopt(kZygoteSocket, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET) {
    std::fputs("cinnabar plugin-host is started by the server, not by hand.\n", stderr);
    return 2;
  }
  // Whoever stops the server by a signal to the whole group leaves its plugins to the server.
  for (const int ignored : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) signal(ignored, SIG_IGN);
  return serve_zygote(UniqueFd(kZygoteSocket));
}

}  // namespace cinnabar::kernel
