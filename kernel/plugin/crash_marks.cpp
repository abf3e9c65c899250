#include "kernel/plugin/crash_marks.hpp"

#include <cinnabar/durable_file.hpp>

#include <atomic>
#include <charconv>
#include <csignal>
#include <ctime>
#include <functional>
#include <memory>

namespace cinnabar::kernel {
namespace {

constexpr std::int64_t kRepeatedWithinMs = 10 * 60 * 1000;
// A handler's frame with the widest registers takes 11 KB.
constexpr std::size_t kSignalStackSize = 32 * 1024;

thread_local const char* current_plugin = nullptr;
std::atomic<int> marks_file{-1};
std::atomic<bool> marked{false};  // several threads may fall at once: one crash is one mark

// A stack of its own for the handler: that of a thread that recursed without end is used up.
struct SignalStack {
  SignalStack() : memory(std::make_unique<char[]>(kSignalStackSize)) {
    stack_t stack{};
    stack.ss_sp = memory.get();
    stack.ss_size = kSignalStackSize;
    sigaltstack(&stack, nullptr);
  }
  ~SignalStack() {
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
  }
  std::unique_ptr<char[]> memory;
};

char* put_number(char* at, std::int64_t number) { return std::to_chars(at, at + 20, number).ptr; }

// Nothing here allocates or locks.
void mark_crash(int signal) {
  if (current_plugin && !marked.exchange(true)) {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    char line[256];
    char* at = put_number(line, std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000);
    *at++ = ' ';
    for (const char* id = current_plugin; *id && at < line + 200; ++id) *at++ = *id;
    *at++ = ' ';
    at = put_number(at, signal);
    *at++ = '\n';
    const ssize_t written = ::write(marks_file, line, static_cast<std::size_t>(at - line));
    static_cast<void>(written);  // there is nowhere else to say it
  }
  raise(signal);  // pending until this returns, and then not handled any more
}

struct Mark {
  std::int64_t at_ms = 0;
  std::string plugin;
};

void each_line(std::string_view marks,
               const std::function<void(std::string_view, const Mark&)>& visit) {
  while (!marks.empty()) {
    const std::string_view line = marks.substr(0, marks.find('\n'));
    marks.remove_prefix(std::min(marks.size(), line.size() + 1));
    const std::size_t first = line.find(' '), second = line.find(' ', first + 1);
    if (second == line.npos) continue;
    Mark mark;
    mark.plugin = line.substr(first + 1, second - first - 1);
    if (std::from_chars(line.data(), line.data() + first, mark.at_ms).ec == std::errc())
      visit(line, mark);
  }
}

}  // namespace

InPlugin::InPlugin(const std::string& id) : before_(current_plugin) {
  if (marks_file.load(std::memory_order_relaxed) >= 0) static thread_local const SignalStack stack;
  current_plugin = id.c_str();
}
InPlugin::~InPlugin() { current_plugin = before_; }

void watch_crashes(const std::filesystem::path& file) {
  const int opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (opened < 0) detail::file_failure("open", file);
  marks_file = opened;
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP}) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) continue;
    action.sa_handler = mark_crash;
    action.sa_flags = SA_ONSTACK | static_cast<int>(SA_RESETHAND);
    sigaction(signal, &action, nullptr);
  }
}

std::map<std::string, std::int64_t> repeated_crashes(std::string_view marks) {
  std::map<std::string, std::int64_t> last, repeated;
  each_line(marks, [&](std::string_view, const Mark& mark) {
    const auto before = last.find(mark.plugin);
    if (before != last.end() && mark.at_ms - before->second <= kRepeatedWithinMs)
      repeated[mark.plugin] = mark.at_ms;
    last[mark.plugin] = mark.at_ms;
  });
  return repeated;
}

std::map<std::string, std::int64_t> repeated_crashes_in(const std::filesystem::path& file) {
  return repeated_crashes(read_small_file(file).value_or(std::string()));
}

bool forget_crashes(const std::filesystem::path& file, const std::string& plugin) {
  const std::string marks = read_small_file(file).value_or(std::string());
  std::string kept;
  bool found = false;
  each_line(marks, [&](std::string_view line, const Mark& mark) {
    if (mark.plugin == plugin)
      found = true;
    else
      kept += std::string(line) + "\n";
  });
  if (!found) return false;
  // In its place: a server that runs has it open.
  const detail::FileDescriptor out(::open(file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  if (out.number() < 0 || ::write(out.number(), kept.data(), kept.size()) < 0)
    detail::file_failure("write", file);
  return true;
}

}  // namespace cinnabar::kernel
