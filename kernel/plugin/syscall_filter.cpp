#include "kernel/plugin/syscall_filter.hpp"

#include <cinnabar/error.hpp>

#include <fcntl.h>
#include <seccomp.h>
#include <sched.h>
#include <asm/ioctls.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace cinnabar::kernel {
namespace {

// Memory, time, the socket, memory files, and the end.
constexpr int kAllowed[] = {SCMP_SYS(read),
                            SCMP_SYS(pread64),
                            SCMP_SYS(readv),
                            SCMP_SYS(write),
                            SCMP_SYS(pwrite64),
                            SCMP_SYS(writev),
                            SCMP_SYS(recvmsg),
                            SCMP_SYS(sendmsg),
                            SCMP_SYS(poll),
                            SCMP_SYS(ppoll),
                            SCMP_SYS(close),
                            SCMP_SYS(fstat),
                            SCMP_SYS(newfstatat),
                            SCMP_SYS(stat),
                            SCMP_SYS(lstat),
                            SCMP_SYS(statx),
                            SCMP_SYS(fstatfs),
                            SCMP_SYS(statfs),
                            SCMP_SYS(lseek),
                            SCMP_SYS(fcntl),
                            SCMP_SYS(dup),
                            SCMP_SYS(access),
                            SCMP_SYS(faccessat),
                            SCMP_SYS(faccessat2),
                            SCMP_SYS(readlink),
                            SCMP_SYS(readlinkat),
                            SCMP_SYS(getdents64),
                            SCMP_SYS(getcwd),
                            SCMP_SYS(fadvise64),
                            SCMP_SYS(ftruncate),
                            SCMP_SYS(fallocate),
                            SCMP_SYS(munmap),
                            SCMP_SYS(mremap),
                            SCMP_SYS(brk),
                            SCMP_SYS(madvise),
                            SCMP_SYS(futex),
                            SCMP_SYS(set_robust_list),
                            SCMP_SYS(rseq),
                            SCMP_SYS(clock_gettime),
                            SCMP_SYS(clock_getres),
                            SCMP_SYS(gettimeofday),
                            SCMP_SYS(time),
                            SCMP_SYS(nanosleep),
                            SCMP_SYS(clock_nanosleep),
                            SCMP_SYS(getrandom),
                            SCMP_SYS(getpid),
                            SCMP_SYS(getppid),
                            SCMP_SYS(gettid),
                            SCMP_SYS(getuid),
                            SCMP_SYS(geteuid),
                            SCMP_SYS(getgid),
                            SCMP_SYS(getegid),
                            SCMP_SYS(getrusage),
                            SCMP_SYS(getrlimit),
                            SCMP_SYS(times),
                            SCMP_SYS(uname),
                            SCMP_SYS(sysinfo),
                            SCMP_SYS(sched_yield),
                            SCMP_SYS(sched_getaffinity),
                            SCMP_SYS(getcpu),
                            SCMP_SYS(rt_sigaction),
                            SCMP_SYS(rt_sigprocmask),
                            SCMP_SYS(rt_sigreturn),
                            SCMP_SYS(sigaltstack),
                            SCMP_SYS(restart_syscall),
                            SCMP_SYS(wait4),
                            SCMP_SYS(exit),
                            SCMP_SYS(exit_group)};

// What interpreters need besides, of any language: to begin, to wait, to count.
constexpr int kProgram[] = {
    SCMP_SYS(execve),          SCMP_SYS(arch_prctl),     SCMP_SYS(set_tid_address),
    SCMP_SYS(get_robust_list), SCMP_SYS(membarrier),     SCMP_SYS(getpgrp),
    SCMP_SYS(getpgid),         SCMP_SYS(getsid),         SCMP_SYS(getgroups),
    SCMP_SYS(getresuid),       SCMP_SYS(getresgid),      SCMP_SYS(capget),
    SCMP_SYS(umask),           SCMP_SYS(dup2),           SCMP_SYS(dup3),
    SCMP_SYS(pipe),            SCMP_SYS(pipe2),          SCMP_SYS(eventfd2),
    SCMP_SYS(select),          SCMP_SYS(pselect6),       SCMP_SYS(epoll_create),
    SCMP_SYS(epoll_create1),   SCMP_SYS(epoll_ctl),      SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),     SCMP_SYS(preadv),         SCMP_SYS(msync),
    SCMP_SYS(mincore),         SCMP_SYS(mprotect),       SCMP_SYS(sched_getparam),
    SCMP_SYS(setitimer),       SCMP_SYS(getitimer),      SCMP_SYS(sched_getscheduler),
    SCMP_SYS(getpriority),     SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime),
    SCMP_SYS(alarm),           SCMP_SYS(pause),          SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(signalfd4),       SCMP_SYS(chdir),          SCMP_SYS(fchdir),
    SCMP_SYS(sendto),          SCMP_SYS(recvfrom),       SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),     SCMP_SYS(getsockopt),     SCMP_SYS(setsockopt),
    SCMP_SYS(shutdown)};

// Tried by habit (caches, user lookups, threads, terminals); refused without ending the worker.
constexpr int kRefused[] = {
    SCMP_SYS(mkdir),     SCMP_SYS(mkdirat),      SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),  SCMP_SYS(rename),       SCMP_SYS(renameat),
    SCMP_SYS(renameat2), SCMP_SYS(link),         SCMP_SYS(linkat),
    SCMP_SYS(symlink),   SCMP_SYS(chmod),        SCMP_SYS(fchmod),
    SCMP_SYS(utimensat), SCMP_SYS(fork),         SCMP_SYS(vfork),
    SCMP_SYS(prctl),     SCMP_SYS(ioctl),        SCMP_SYS(sched_setaffinity),
    SCMP_SYS(flock),     SCMP_SYS(inotify_init1)};

// For connections, and for the threads and loops of the libraries that make them.
constexpr int kOnline[] = {
    SCMP_SYS(connect),     SCMP_SYS(setsockopt), SCMP_SYS(getsockopt),    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername), SCMP_SYS(sendto),     SCMP_SYS(recvfrom),      SCMP_SYS(sendmmsg),
    SCMP_SYS(recvmmsg),    SCMP_SYS(shutdown),   SCMP_SYS(select),
    SCMP_SYS(pselect6),    SCMP_SYS(epoll_wait), SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_pwait), SCMP_SYS(eventfd2),   SCMP_SYS(pipe2)};
// As above, where the network is closed.
constexpr int kRefusedOffline[] = {SCMP_SYS(socket), SCMP_SYS(clone), SCMP_SYS(eventfd2),
                                   SCMP_SYS(pipe2)};

class Filter {
 public:
  // `otherwise`: what becomes of calls that no rule names.
  explicit Filter(std::uint32_t otherwise)
      : otherwise_(otherwise), context_(seccomp_init(otherwise), &seccomp_release) {
    if (!context_) fail("seccomp_init", ENOMEM);
  }
  template <class... Conditions>
  void add(std::uint32_t action, int call, Conditions... conditions) {
    if (action == otherwise_) return;  // the library takes no rule that says nothing new
    const int result = seccomp_rule_add(
        context_.get(), action, call, static_cast<unsigned>(sizeof...(conditions)), conditions...);
    if (result != 0) fail("seccomp_rule_add", -result);
  }
  void load() {
    const int result = seccomp_load(context_.get());
    if (result != 0) fail("seccomp_load", -result);
  }

 private:
  [[noreturn]] static void fail(const char* what, int error) {
    throw Error("worker.sandbox_failed",
                {{"detail", std::string(what) + ": " + std::strerror(error)}}, {}, CINNABAR_FAILED);
  }
  const std::uint32_t otherwise_;
  std::unique_ptr<void, decltype(&seccomp_release)> context_;
};

// Opening for reading, when at all; opening for anything else never.
void add_open_rules(Filter& filter, bool files_readable) {
  const std::uint32_t refuse = SCMP_ACT_ERRNO(EACCES);
  if (!files_readable) {
    filter.add(refuse, SCMP_SYS(open));
    filter.add(refuse, SCMP_SYS(openat));
  } else {
    constexpr scmp_datum_t kChanges = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(open), SCMP_A1(SCMP_CMP_MASKED_EQ, kChanges, O_RDONLY));
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(openat), SCMP_A2(SCMP_CMP_MASKED_EQ, kChanges, O_RDONLY));
    for (const scmp_datum_t bit :
         {scmp_datum_t{O_WRONLY}, scmp_datum_t{O_RDWR}, scmp_datum_t{O_CREAT}}) {
      filter.add(refuse, SCMP_SYS(open), SCMP_A1(SCMP_CMP_MASKED_EQ, bit, bit));
      filter.add(refuse, SCMP_SYS(openat), SCMP_A2(SCMP_CMP_MASKED_EQ, bit, bit));
    }
  }
  filter.add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2));
  filter.add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
}

// Threads of the process, no processes; pairs of sockets that know nobody else.
void add_thread_rules(Filter& filter) {
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(clone),
             SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
  filter.add(SCMP_ACT_ERRNO(EACCES), SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
  constexpr scmp_datum_t kType = 0xf;
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(socketpair),
             SCMP_A1(SCMP_CMP_MASKED_EQ, kType, SOCK_STREAM));
}

// Sockets of the internet only.
void add_network_rules(Filter& filter) {
  for (int family = 0; family < AF_MAX; ++family)
    filter.add(
        family == AF_INET || family == AF_INET6 ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EAFNOSUPPORT),
        SCMP_SYS(socket), SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(family)));
}

// No memory ever becomes code.
void add_memory_rules(Filter& filter) {
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    filter.add(SCMP_ACT_ALLOW, call, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    filter.add(SCMP_ACT_ERRNO(EPERM), call, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
  }
}

// Nothing to itself but what everybody may: raising a signal, as abort() does, and reading limits.
void add_own_rules(Filter& filter) {
  // Only to itself: abort() raises its signal so.
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(tgkill),
             SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid())));
  // Reading one's own limits, not setting any.
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), SCMP_A2(SCMP_CMP_EQ, 0));
  filter.add(SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prlimit64), SCMP_A2(SCMP_CMP_NE, 0));
}

}  // namespace

void install_syscall_filter(bool files_readable, bool network) {
  Filter filter(SCMP_ACT_KILL_PROCESS);
  for (const int call : kAllowed) filter.add(SCMP_ACT_ALLOW, call);
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(memfd_create));
  for (const int call : kRefused) filter.add(SCMP_ACT_ERRNO(EACCES), call);
  if (network) {
    for (const int call : kOnline) filter.add(SCMP_ACT_ALLOW, call);
    add_network_rules(filter);
    add_thread_rules(filter);
  } else {
    for (const int call : kRefusedOffline) filter.add(SCMP_ACT_ERRNO(EACCES), call);
  }
  add_open_rules(filter, files_readable);
  add_memory_rules(filter);
  add_own_rules(filter);
  filter.load();
}

void install_program_filter(bool files_readable, bool network) {
  // Interpreters try many things, and go on without them.
  Filter filter(SCMP_ACT_ERRNO(EPERM));
  for (const int call : kAllowed) filter.add(SCMP_ACT_ALLOW, call);
  for (const int call : kProgram) filter.add(SCMP_ACT_ALLOW, call);
  if (network) {
    for (const int call : {SCMP_SYS(connect), SCMP_SYS(sendmmsg), SCMP_SYS(recvmmsg)})
      filter.add(SCMP_ACT_ALLOW, call);
    add_network_rules(filter);
  }
  add_thread_rules(filter);
  add_open_rules(filter, files_readable);
  for (const scmp_datum_t request : {FIONBIO, FIONREAD, FIOCLEX, FIONCLEX, TCGETS})
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, request));
  // A name for a thread; not who is told of its parent's death.
  filter.add(SCMP_ACT_ALLOW, SCMP_SYS(prctl), SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
  // Any memory but such as no limit counts: shared, and of no file.
  constexpr scmp_datum_t kUncounted = MAP_SHARED | MAP_ANONYMOUS;
  for (const scmp_datum_t flags : {scmp_datum_t{0}, scmp_datum_t{MAP_SHARED},
                                   scmp_datum_t{MAP_ANONYMOUS}})
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(mmap), SCMP_A3(SCMP_CMP_MASKED_EQ, kUncounted, flags));
  add_own_rules(filter);
  filter.load();
}

}  // namespace cinnabar::kernel
