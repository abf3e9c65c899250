#include "server_process.hpp"

#include <cinnabar/error.hpp>

#include <csignal>
#include <cstdlib>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cinnabar {
namespace {

// The line with which `serve` says that it is ready; the address follows.
constexpr std::string_view kReady = "ready at ";

}  // namespace

ServerProcess::ServerProcess(const std::string& executable,
                             const std::vector<std::string>& arguments) {
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) throw Error("demo.server", {{"reason", "no pipe could be made"}});
  std::vector<char*> argv{const_cast<char*>(executable.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(pipe_ends[1], STDOUT_FILENO);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    execv(executable.c_str(), argv.data());
    _exit(127);
  }
  close(pipe_ends[1]);
  output_ = pipe_ends[0];
  std::string text;
  for (char part[256]; address_.empty();) {
    const ssize_t size = read(output_, part, sizeof part);
    if (size <= 0) {
      stop();
      throw Error("demo.server", {{"reason", "it ended before it was ready; see its log above"}});
    }
    text.append(part, static_cast<std::size_t>(size));
    const std::size_t at = text.find(kReady);
    const std::size_t end = at == std::string::npos ? at : text.find('\n', at);
    if (end != std::string::npos)
      address_ = text.substr(at + kReady.size(), end - at - kReady.size());
  }
}

ServerProcess::~ServerProcess() { stop(); }

int ServerProcess::wait() {
  int status = 0;
  if (pid_ > 0) waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

void ServerProcess::stop() {
  if (pid_ > 0) {
    kill(pid_, SIGTERM);
    wait();
  }
  if (output_ >= 0) close(output_);
  output_ = -1;
}

}  // namespace cinnabar
