#include "process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

extern char** environ;

namespace cinnabar::fault {

namespace {

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const std::vector<std::string>& extra) {
  std::vector<std::string> environment = extra;
  for (char** entry = environ; *entry; ++entry) environment.emplace_back(*entry);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  const int result = posix_spawn(&id_, command[0].c_str(), &actions, nullptr,
                                 pointers_to(command).data(), pointers_to(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  output_ = ends[0];
  if (result == 0) return;
  ::close(output_);
  throw std::runtime_error("cannot start " + command[0]);
}

Process::~Process() {
  kill();
  wait();
  ::close(output_);
}

bool Process::line(std::string& out) {
  for (;;) {
    if (const std::size_t end = buffer_.find('\n'); end != std::string::npos) {
      out = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return true;
    }
    char part[4096];
    const ssize_t size = ::read(output_, part, sizeof part);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    buffer_.append(part, static_cast<std::size_t>(size));
  }
}

void Process::kill() {
  if (id_ > 0) ::kill(id_, SIGKILL);
}

int Process::wait() {
  int status = 0;
  if (id_ <= 0 || waitpid(id_, &status, 0) != id_) return 0;
  id_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace cinnabar::fault
