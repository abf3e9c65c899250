// Crash marks: which plugin's code this process was in when a fatal signal ended it. Each call of a
// plugin inside the server is noted for its thread; the signal's handler writes the plugin's id and
// the time into a file that is open already; <cinnabar/package/crash_file.hpp> reads it.
//
// A crash in a thread that a plugin started is nobody's. InPlugin: any thread; the rest from the
// control thread.
#pragma once

#include <cinnabar/durable_file.hpp>

#include <atomic>
#include <charconv>
#include <csignal>
#include <ctime>
#include <memory>

namespace cinnabar::package {

namespace detail {

// A handler's frame with the widest registers takes 11 KB.
inline constexpr std::size_t kSignalStackSize = 32 * 1024;

inline thread_local const char* current_plugin = nullptr;
inline std::atomic<int> marks_file{-1};
inline std::atomic<bool> marked{false};  // several threads may fall at once: one crash is one mark

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

inline char* put_number(char* at, std::int64_t number) {
  return std::to_chars(at, at + 20, number).ptr;
}

// Nothing here allocates or locks.
inline void mark_crash(int signal) {
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

}  // namespace detail

// While it lives, this thread is in that plugin's code, or in the server's own: null. The id
// outlives it.
class InPlugin {
 public:
  explicit InPlugin(const char* id) : before_(detail::current_plugin) {
    if (id && detail::marks_file.load(std::memory_order_relaxed) >= 0)
      static thread_local const detail::SignalStack stack;
    detail::current_plugin = id;
  }
  ~InPlugin() { detail::current_plugin = before_; }
  InPlugin(const InPlugin&) = delete;
  InPlugin& operator=(const InPlugin&) = delete;

 private:
  const char* before_;
};

// From now on a fatal signal leaves its mark in the file, and then ends the process as ever. A
// signal that somebody else handles, as sanitizers do, is left to them.
inline void watch_crashes(const std::filesystem::path& file) {
  const int opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (opened < 0) cinnabar::detail::file_failure("open", file);
  detail::marks_file = opened;
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP}) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) continue;
    action.sa_handler = detail::mark_crash;
    action.sa_flags = SA_ONSTACK | static_cast<int>(SA_RESETHAND);
    sigaction(signal, &action, nullptr);
  }
}

}  // namespace cinnabar::package
