#include "check/watch.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cfenv>
#include <clocale>
#include <csignal>
#include <cstddef>
#include <ctime>
#include <exception>
#include <filesystem>

extern "C" std::size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));
extern char** environ;

namespace cinnabar::authoring {
namespace {

struct Named {
  long number;
  const char* name;
};
// What needs no argument to be work.
constexpr Named kWork[] = {
    {SYS_socket, "socket"},
    {SYS_clone, "clone (a thread or a process)"},
    {SYS_clone3, "clone3 (a thread or a process)"},
    {SYS_execve, "execve"},
    {SYS_nanosleep, "nanosleep"},
    {SYS_clock_nanosleep, "clock_nanosleep"},
    {SYS_ppoll, "ppoll"},
    {SYS_pselect6, "pselect6"},
    {SYS_epoll_pwait, "epoll_pwait"},
    {SYS_rt_sigtimedwait, "rt_sigtimedwait"},
    {SYS_socketpair, "socketpair"},
    {SYS_timerfd_create, "timerfd_create"},
    {SYS_io_uring_setup, "io_uring_setup"},
    {SYS_openat2, "openat2"},
    {SYS_execveat, "execveat"},
    {SYS_truncate, "truncate"},
    {SYS_linkat, "linkat"},
    {SYS_symlinkat, "symlinkat"},
    {SYS_kill, "kill"},
    {SYS_setitimer, "setitimer"},
    {SYS_timer_create, "timer_create"},
    {SYS_unlinkat, "unlinkat"},
    {SYS_mkdirat, "mkdirat"},
    {SYS_renameat2, "renameat2"},
#ifdef __x86_64__
    {SYS_fork, "fork"},
    {SYS_vfork, "vfork"},
    {SYS_poll, "poll"},
    {SYS_select, "select"},
    {SYS_unlink, "unlink"},
    {SYS_mkdir, "mkdir"},
    {SYS_rename, "rename"},
    {SYS_creat, "creat"},
    {SYS_alarm, "alarm"},
    {SYS_epoll_wait, "epoll_wait"},
    {SYS_link, "link"},
    {SYS_symlink, "symlink"},
#endif
};
constexpr long kOpen = SYS_openat;  // for writing
constexpr long kWait = SYS_futex;   // with a time
constexpr unsigned kWaitKinds = 0x7F;
constexpr unsigned kWaitPlain = 0, kWaitBitset = 9;  // FUTEX_WAIT, FUTEX_WAIT_BITSET
constexpr unsigned kArchitecture =
#ifdef __x86_64__
    AUDIT_ARCH_X86_64;
#else
    AUDIT_ARCH_AARCH64;
#endif

constexpr std::size_t kTrappedMax = 64;
std::atomic<long> trapped_calls[kTrappedMax];
std::atomic<std::size_t> trapped_count{0};

void on_trap(int, siginfo_t* info, void* context) {
  const std::size_t at = trapped_count.fetch_add(1);
  if (at < kTrappedMax) trapped_calls[at] = info->si_syscall;
  // Who waits for a time takes no other answer than that it passed.
  const int answer = info->si_syscall == SYS_futex ? -ETIMEDOUT : -EPERM;
  auto* machine = &static_cast<ucontext_t*>(context)->uc_mcontext;
#ifdef __x86_64__
  machine->gregs[REG_RAX] = answer;
#else
  machine->regs[0] = static_cast<unsigned long>(answer);
#endif
}

constexpr std::size_t kOpenedMax = 64;
char opened[kOpenedMax][256];
std::atomic<std::size_t> opened_count{0};

void on_open(int, siginfo_t*, void* context) {
  auto* machine = &static_cast<ucontext_t*>(context)->uc_mcontext;
#ifdef __x86_64__
  const auto* path = reinterpret_cast<const char*>(machine->gregs[REG_RSI]);
  machine->gregs[REG_RAX] = -EACCES;
#else
  const auto* path = reinterpret_cast<const char*>(machine->regs[1]);
  machine->regs[0] = static_cast<unsigned long>(-EACCES);
#endif
  const std::size_t at = opened_count.fetch_add(1);
  if (at >= kOpenedMax) return;
  for (std::size_t i = 0; i + 1 < sizeof opened[at] && path[i] != '\0'; ++i)
    opened[at][i] = path[i];
}

std::vector<sock_filter> filter_start() {
  return {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
}

bool install(std::vector<sock_filter>& filter, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction action {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(SIGSYS, &action, nullptr);
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

std::size_t entries(const char* folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

std::string signal_handlers() {
  std::string text;
  for (int number = 1; number < 32; ++number) {
    struct sigaction action {};
    if (number == SIGSYS || sigaction(number, nullptr, &action) != 0) continue;
    text += std::to_string(reinterpret_cast<std::uintptr_t>(action.sa_handler)) + " ";
  }
  return text;
}

std::string environment() {
  std::string text;
  for (char** entry = environ; entry && *entry; ++entry) text += std::string(*entry) + "\n";
  return text;
}

mode_t current_umask() {
  const mode_t mask = umask(0);
  umask(mask);
  return mask;
}

}  // namespace

ProcessState process_state() {
  std::error_code ignored;
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  std::string mask;
  for (int number = 1; number < 32; ++number) mask += sigismember(&blocked, number) ? '1' : '0';
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  return {{"the number of threads", std::to_string(thread_count())},
          {"the open descriptors", std::to_string(descriptor_count())},
          {"the working folder", std::filesystem::current_path(ignored).string()},
          {"the umask", std::to_string(current_umask())},
          {"the locale", setlocale(LC_ALL, nullptr)},
          {"the environment", environment()},
          {"the signal handlers", signal_handlers()},
          {"the blocked signals", mask},
          {"the limit of files", std::to_string(files.rlim_cur)},
          {"the rounding of numbers", std::to_string(fegetround())},
          {"the terminate handler",
           std::to_string(reinterpret_cast<std::uintptr_t>(std::get_terminate()))}};
}

std::vector<std::string> changed(const ProcessState& before, const ProcessState& after) {
  std::vector<std::string> out;
  for (const auto& [name, value] : before)
    if (after.at(name) != value) out.push_back(name);
  return out;
}

std::size_t thread_count() { return entries("/proc/self/task"); }

std::size_t descriptor_count() { return entries("/proc/self/fd"); }

std::int64_t allocated_bytes() {
  if (&__sanitizer_get_current_allocated_bytes)
    return static_cast<std::int64_t>(__sanitizer_get_current_allocated_bytes());
  const struct mallinfo2 info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}

std::int64_t cpu_ms() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1'000 + time.tv_nsec / 1'000'000;
}

std::int64_t children_cpu_ms() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1'000 +
         (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1'000;
}

bool trap_work() {
  std::vector<sock_filter> filter = filter_start();
  for (const Named& one : kWork) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(one.number), 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
  }
  const std::vector<sock_filter> waits{
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(kWait), 0, 8),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args) + 8),
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, kWaitKinds),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kWaitPlain, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kWaitBitset, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args) + 24),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  filter.insert(filter.end(), waits.begin(), waits.end());
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(kOpen), 0, 3));
  filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args) + 16));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT, 0, 1));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  return install(filter, &on_trap);
}

bool trap_files() {
  std::vector<sock_filter> filter = filter_start();
  const std::vector<sock_filter> opens{
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(kOpen), 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args) + 16),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  filter.insert(filter.end(), opens.begin(), opens.end());
  return install(filter, &on_open);
}

std::set<std::string> trapped_files() {
  std::set<std::string> paths;
  const std::size_t count = std::min<std::size_t>(opened_count, kOpenedMax);
  for (std::size_t i = 0; i < count; ++i) paths.emplace(opened[i]);
  return paths;
}

std::set<std::string> trapped() {
  std::set<std::string> names;
  const std::size_t count = std::min<std::size_t>(trapped_count, kTrappedMax);
  for (std::size_t i = 0; i < count; ++i) {
    std::string name = trapped_calls[i] == kOpen   ? "openat for writing"
                       : trapped_calls[i] == kWait ? "futex (waiting for a time)"
                                                   : "a system call";
    for (const Named& one : kWork)
      if (one.number == trapped_calls[i]) name = one.name;
    names.insert(name);
  }
  return names;
}

}  // namespace cinnabar::authoring
