#include "check/apart.hpp"

#include <cinnabar/json.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>

namespace cinnabar::authoring {
namespace {

constexpr std::size_t kPlaceSizeMax = 400;
// Of one part of a finding: it may quote what a plugin said.
constexpr std::size_t kTextSizeMax = 600;
// What a plugin prints in one check; it may print for ever.
constexpr std::size_t kOutputSizeMax = 4 << 20;

// A line of the pipe: a finding, the detail, or that the check is through.
struct Told {
  std::optional<Finding> finding;
  std::string detail;
  bool done = false;
};
CINNABAR_DESCRIBE(Told, finding, detail, done)

void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(file, text.data(), text.size());
    if (put <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
}

void tell(int pipe, const Told& told) { write_all(pipe, to_json(told) + "\n"); }

// On a machine with more to do than processors everything takes so many times longer.
double slowness() {
  double load = 0;
  getloadavg(&load, 1);
  return std::clamp(load / static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN)), 1.0, 10.0);
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// True: it was the last one.
bool take_line(std::string_view line, CheckStep& step) {
  try {
    const auto told = from_json<Told>(line);
    if (told.finding) step.findings.push_back(*told.finding);
    if (!told.detail.empty()) step.detail = told.detail;
    return told.done;
  } catch (const Error&) {  // Written by the plugin, or cut off by the end of its process.
    return false;
  }
}

// Reads until the check is through or its process has ended. False: it took too long. Not to the
// end of the pipe, which a process that the plugin started may hold open.
bool read_all(int pipe, int timeout_ms, CheckStep& step, bool& done) {
  const std::int64_t end = now_ms() + timeout_ms;
  std::string text;
  while (!done) {
    pollfd wait{pipe, POLLIN, 0};
    const std::int64_t left = end - now_ms();
    if (left <= 0) return false;
    const int ready = poll(&wait, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    char part[4096];
    const ssize_t got = ::read(pipe, part, sizeof part);
    if (got <= 0) return true;
    text.append(part, static_cast<std::size_t>(got));
    for (std::size_t line; (line = text.find('\n')) != std::string::npos; text.erase(0, line + 1))
      done = take_line(std::string_view(text).substr(0, line), step) || done;
  }
  return true;
}

[[noreturn]] void run_child(int pipe, int output, int value, char* place,
                            const std::function<void(const Teller&)>& check) {
  setpgid(0, 0);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  const rlimit files{kOutputSizeMax * 64, kOutputSizeMax * 64}, core{0, 0};
  setrlimit(RLIMIT_FSIZE, &files);
  setrlimit(RLIMIT_CORE, &core);
  const Teller teller(pipe, value, place);
  try {
    check(teller);
  } catch (const std::exception& error) {
    teller.find(error.what(), place, "");
  } catch (...) {
    teller.find("an exception of an unknown type", place, "catch all at the boundary");
  }
  std::fflush(nullptr);
  Told last;
  last.done = true;
  tell(pipe, last);
  _exit(0);
}

std::string ended_how(int status) {
  // The trap for work cannot answer where all signals are blocked, as they are around clone.
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
    return "does work: starts a thread or a process (clone)";
  if (WIFSIGNALED(status))
    return std::string("ended the process with ") + sigabbrev_np(WTERMSIG(status)) + " (" +
           strsignal(WTERMSIG(status)) + ")";
  return "ended the process with exit code " + std::to_string(WEXITSTATUS(status));
}

std::string read_output(int file) {
  std::string text(std::min<std::size_t>(kOutputSizeMax, static_cast<std::size_t>(std::max<off_t>(
                                                             0, lseek(file, 0, SEEK_END)))),
                   '\0');
  const ssize_t got = pread(file, text.data(), text.size(), 0);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, got)));
  return text;
}

}  // namespace

void Teller::find(const std::string& what, const std::string& where, const std::string& fix) const {
  Told told;
  told.finding =
      Finding{shortened_text(what, kTextSizeMax), shortened_text(where, kTextSizeMax), fix};
  tell(pipe_, told);
}

void Teller::detail(const std::string& text) const {
  Told told;
  told.detail = shortened_text(text, kTextSizeMax);
  tell(pipe_, told);
}
void Teller::value(const std::string& text) const { write_all(value_, text); }

void Teller::at(std::string_view place) const {
  const std::size_t size = std::min(place.size(), kPlaceSizeMax - 1);
  std::memcpy(place_, place.data(), size);
  place_[size] = '\0';
}

CheckStep run_apart(const std::string& name, int timeout_ms,
                    const std::function<void(const Teller&)>& check, std::string* output,
                    std::string* value) {
  CheckStep step{name, {}, {}};
  int pipe[2];
  if (pipe2(pipe, O_CLOEXEC) != 0) throw failure("no pipe");
  const int printed = memfd_create("output", MFD_CLOEXEC);
  const int appended = memfd_create("value", MFD_CLOEXEC);
  auto* place = static_cast<char*>(
      mmap(nullptr, kPlaceSizeMax, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  if (printed < 0 || appended < 0 || place == MAP_FAILED) throw failure("no memory");
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) throw failure("no process");
  if (child == 0) {
    ::close(pipe[0]);
    run_child(pipe[1], printed, appended, place, check);
  }
  ::close(pipe[1]);
  bool done = false;
  const bool ended = read_all(pipe[0], static_cast<int>(timeout_ms * slowness()), step, done);
  kill(child, SIGKILL);
  kill(-child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  ::close(pipe[0]);
  if (!ended)
    step.findings.push_back({"did not end within " + std::to_string(timeout_ms / 1000) + " seconds",
                             place, "end each call, whatever it is given"});
  else if (!done)
    step.findings.push_back(
        {ended_how(status), place, "leave the process as it is, and answer with a status"});
  if (output) *output = read_output(printed);
  if (value) *value = read_output(appended);
  munmap(place, kPlaceSizeMax);
  ::close(printed);
  ::close(appended);
  return step;
}

}  // namespace cinnabar::authoring
