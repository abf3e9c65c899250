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
#endif
};
constexpr long kOpen = SYS_openat;  // for writing
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
  auto* machine = &static_cast<ucontext_t*>(context)->uc_mcontext;
#ifdef __x86_64__
  machine->gregs[REG_RAX] = -EPERM;
#else
  machine->regs[0] = static_cast<unsigned long>(-EPERM);
#endif
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

bool trap_work() {
  struct sigaction action {};
  action.sa_sigaction = &on_trap;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(SIGSYS, &action, nullptr);
  std::vector<sock_filter> filter{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
  for (const Named& one : kWork) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(one.number), 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
  }
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(kOpen), 0, 3));
  filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args) + 16));
  filter.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT, 0, 1));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP));
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

std::set<std::string> trapped() {
  std::set<std::string> names;
  const std::size_t count = std::min<std::size_t>(trapped_count, kTrappedMax);
  for (std::size_t i = 0; i < count; ++i) {
    std::string name = trapped_calls[i] == kOpen ? "openat for writing" : "a system call";
    for (const Named& one : kWork)
      if (one.number == trapped_calls[i]) name = one.name;
    names.insert(name);
  }
  return names;
}

}  // namespace cinnabar::authoring
