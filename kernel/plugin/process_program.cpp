#include "kernel/plugin/process_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace cinnabar::kernel {
namespace {

// An interpreter that takes longer to begin does not work.
constexpr std::int64_t kGreetMs = 10'000;
// A program that closed its socket has so long to end by itself, so that its end can be told.
constexpr int kEndTries = 40;
constexpr int kEndPauseMs = 5;
constexpr const char* kInterpreterFolders[] = {"/usr/bin", "/bin", "/usr/local/bin"};

Error refused(std::string reason) {
  return Error("plugin.refused", {{"reason", std::move(reason)}});
}

std::string interpreter(const std::string& name) {
  if (name[0] == '/') return name;
  for (const char* folder : kInterpreterFolders) {
    std::string path = std::string(folder) + "/" + name;
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  throw refused("its program needs " + name + ", which is not installed in /usr/bin");
}

}  // namespace

std::vector<std::string> program_of(const Manifest& manifest,
                                    const std::vector<std::string>& interpreters) {
  std::vector<std::string> run = manifest.run;
  const std::filesystem::path first = run.at(0);
  std::error_code error;
  if (first.is_relative() && std::filesystem::is_regular_file(manifest.folder / first, error)) {
    const auto inside = std::filesystem::weakly_canonical(manifest.folder / first, error)
                            .lexically_relative(std::filesystem::canonical(manifest.folder, error));
    if (error || inside.empty() || *inside.begin() == "..")
      throw refused("its program " + run[0] + " does not lie in its folder");
    run[0] = "./" + run[0];
  } else if (std::find(interpreters.begin(), interpreters.end(), run[0]) != interpreters.end()) {
    run[0] = interpreter(run[0]);
  } else {
    throw refused("its program " + run[0] +
                  " is neither a file of its folder nor in plugins.interpreters");
  }
  return run;
}

ProgramInstance::ProgramInstance(const HostedPlugin& plugin, const Confinement& confinement,
                                 const cinnabar_host* host)
    : plugin_(plugin), confinement_(confinement), host_(host) {
  for (const std::string& interface_id : plugin.interfaces) {
    Carrier& carrier = services_[interface_id];
    carrier = {this, interface_id, {}};
    carrier.table = {
        sizeof(cinnabar_service), &carrier,
        [](void* self, const cinnabar_call* call, cinnabar_bytes method,
           const cinnabar_message* request, const cinnabar_reply* reply) -> cinnabar_status {
          const auto& of = *static_cast<const Carrier*>(self);
          return of.owner->invoke(of, *call, view(method), *request, *reply);
        }};
  }
}

ProgramInstance::~ProgramInstance() { end(); }

const void* ProgramInstance::find(std::string_view interface_id) const {
  const auto found = services_.find(interface_id);
  return found == services_.end() ? nullptr : &found->second.table;
}

void ProgramInstance::launch() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw refused(std::string("no socket: ") + std::strerror(errno));
  socket_ = UniqueFd(ends[0]);
  const UniqueFd theirs(ends[1]);
  std::vector<std::string> run = plugin_.run;
  std::vector<char*> arguments;
  for (std::string& argument : run) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) throw refused(std::string("no process: ") + std::strerror(errno));
  if (pid_ == 0) {
    try {
      if (theirs.get() == process::kSocket ? fcntl(process::kSocket, F_SETFD, 0) != 0
                                           : dup2(theirs.get(), process::kSocket) < 0)
        _exit(kExitStart);
      close_range(process::kSocket + 1, ~0U, 0);
      confine_program(plugin_.memory_bytes, plugin_.cpu_s, confinement_);
      if (getppid() != parent) _exit(0);
      execve(arguments[0], arguments.data(), environ);
      std::fprintf(stderr, "%s cannot be executed: %s\n", arguments[0], std::strerror(errno));
    } catch (const Error& error) {
      std::fprintf(stderr, "%s\n", error.what());
    }
    _exit(kExitStart);
  }
  program_ = std::make_unique<process::Program>(socket_.get(), host_);
}

void ProgramInstance::greet() {
  process::ProgramInfo info{plugin_.id, plugin_.version, plugin_.config, plugin_.interfaces};
  program_->greet(info, process::steady_ms() + kGreetMs);
}

void ProgramInstance::end() {
  program_.reset();
  socket_.reset();
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  }
  pid_ = -1;
}

void ProgramInstance::start() {
  launch();
  try {
    greet();
  } catch (const process::Broken& broken) {
    end();
    throw refused("its program " + plugin_.run[0] + " did not greet: " + broken.what());
  }
  end();
}

void ProgramInstance::begin_worker() {
  launch();
  try {
    greet();
  } catch (const process::Broken& broken) {
    end_with(broken);
  }
}

// This process ends as the program did, so that the server sees one process.
void ProgramInstance::end_with(const process::Broken& broken) {
  using Kind = process::Broken::Kind;
  // The server ends both, at the same deadline.
  while (broken.kind == Kind::timed_out) poll(nullptr, 0, -1);
  int status = 0;
  pid_t ended = 0;
  if (broken.kind == Kind::closed)
    for (int i = 0; i < kEndTries && (ended = waitpid(pid_, &status, WNOHANG)) == 0; ++i)
      poll(nullptr, 0, kEndPauseMs);
  if (ended == pid_ && WIFSIGNALED(status)) {
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
  }
  if (ended == pid_ && WIFEXITED(status)) _exit(WEXITSTATUS(status));
  std::fprintf(stderr, "its program broke the protocol: %s\n", broken.what());
  _exit(kExitProtocol);
}

cinnabar_status ProgramInstance::invoke(const Carrier& carrier, const cinnabar_call& call,
                                        std::string_view method, const cinnabar_message& request,
                                        const cinnabar_reply& reply) {
  try {
    return program_->invoke(carrier.interface_id, call, method, request, reply);
  } catch (const process::Broken& broken) {
    end_with(broken);
  }
}

}  // namespace cinnabar::kernel
