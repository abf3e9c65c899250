#include "kernel/plugin/sandbox.hpp"

#include "kernel/plugin/syscall_filter.hpp"

#include <cinnabar/error.hpp>
#include <cinnabar/unique_fd.hpp>

#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace cinnabar::kernel {
namespace {

// A user id that no package and no person has; above the ids that systemd hands out.
constexpr uid_t kWorkerUser = 65'531;
// Socket, log pipe, the library, memory files of a call, and a few font files.
constexpr rlim_t kFilesMax = 64;
// Threads that look up names; counted over all of the user's processes.
constexpr rlim_t kThreadsMax = 512;
// What a plugin may take while it is loaded and started, which no call's limit bounds.
constexpr std::int64_t kLoadingMax = 2LL << 30;
// A reply's memory file: a document of twice the largest upload. Nothing else can be written.
constexpr rlim_t kFileSizeMax = 256ULL << 20;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

Error failed(const char* what) {
  return Error("worker.sandbox_failed",
               {{"detail", std::string(what) + ": " + std::strerror(errno)}}, {}, CINNABAR_FAILED);
}

void limit(int resource, rlim_t soft, rlim_t hard) {
  const rlimit wanted{soft, hard};
  if (setrlimit(static_cast<__rlimit_resource>(resource), &wanted) != 0) throw failed("setrlimit");
}

void limit(int resource, rlim_t value) { limit(resource, value, value); }

// The first limit says why it ends, the second one ends it.
void limit_time(std::int64_t cpu_s) {
  limit(RLIMIT_CPU, static_cast<rlim_t>(cpu_s), static_cast<rlim_t>(cpu_s) + 5);
}

bool become_other_user() {
  if (setgroups(0, nullptr) != 0 || setresgid(kWorkerUser, kWorkerUser, kWorkerUser) != 0 ||
      setresuid(kWorkerUser, kWorkerUser, kWorkerUser) != 0) {
    // In a container that maps few ids; half a change of user would be worse than none.
    if (getegid() != 0) throw failed("changing the user");
    return false;
  }
  // Changing the user made the process unreadable to itself; it needs /proc/self/fd to load.
  prctl(PR_SET_DUMPABLE, 1);
  return true;
}

// Folders that hold nothing of the installation's: libraries, fonts and their tables.
constexpr const char* kReadable[] = {"/usr",
                                     "/lib",
                                     "/lib64",
                                     "/opt",
                                     "/etc/fonts",
                                     "/etc/ld.so.cache",
                                     "/var/cache/fontconfig",
                                     "/proc/self"};
// For whom the network is open: names and certificates.
constexpr const char* kReadableOnline[] = {
    "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/gai.conf",
    "/etc/host.conf",   "/etc/ssl",   "/etc/services",      "/run/systemd/resolve"};

// What every interpreter opens when it begins.
constexpr const char* kReadableProgram[] = {"/dev/null", "/dev/urandom", "/etc/localtime",
                                            "/etc/ssl/openssl.cnf", "/proc/meminfo"};

void make_readable(int ruleset, const char* path, std::uint64_t more) {
  const UniqueFd place(open(path, O_PATH | O_CLOEXEC));
  if (!place) return;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | more;
  rule.parent_fd = place.get();
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0) return;
  // A file takes no rights on folders.
  rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | more;
  syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

bool restrict_files(const Reach& reach) {
  landlock_ruleset_attr rules{};
  rules.handled_access_fs =
      LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
      LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
      LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
      LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
      LANDLOCK_ACCESS_FS_MAKE_SYM;
  const UniqueFd ruleset(
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0)));
  if (!ruleset) return false;
  const std::uint64_t execute = reach.program ? LANDLOCK_ACCESS_FS_EXECUTE : 0;
  for (const char* path : kReadable) make_readable(ruleset.get(), path, execute);
  if (reach.network == Network::open)
    for (const char* path : kReadableOnline) make_readable(ruleset.get(), path, 0);
  if (reach.program)
    for (const char* path : kReadableProgram) make_readable(ruleset.get(), path, 0);
  if (!reach.folder.empty()) make_readable(ruleset.get(), reach.folder.c_str(), execute);
  return syscall(SYS_landlock_restrict_self, ruleset.get(), 0) == 0;
}

}  // namespace

std::int64_t address_space_bytes() {
  long pages = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "re")) {
    if (std::fscanf(file, "%ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  if (pages <= 0) throw failed("reading /proc/self/statm");
  return pages * sysconf(_SC_PAGESIZE);
}

std::string Confinement::summary() const {
  return std::string(other_user ? "another user" : "the server's user") +
         (no_network     ? ", no network"
          : open_network ? ", network"
                         : ", network closed by the filter only") +
         (landlocked   ? ", system files and its own only"
          : other_user ? ", files that anyone may read"
                       : ", no files");
}

Confinement confine_zygote(const Reach& reach) {
  Confinement done;
  done.open_network = reach.network == Network::open;
  // As an ordinary user a namespace of the network comes with one of users.
  const bool root = geteuid() == 0;
  done.no_network = reach.network == Network::own_namespace &&
                    unshare(root ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) == 0;
  done.other_user = root && become_other_user();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) throw failed("no_new_privs");
  if (!kSanitized) {
    done.landlocked = restrict_files(reach);
    limit(RLIMIT_AS, static_cast<rlim_t>(address_space_bytes() + kLoadingMax), RLIM_INFINITY);
  }
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, kFilesMax);
  return done;
}

void confine_worker(const WorkerLimits& limits, const Confinement& confinement) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) throw failed("the parent's death signal");
  if (kSanitized) return;
  limit(RLIMIT_AS, static_cast<rlim_t>(limits.address_space_bytes));
  limit_time(limits.cpu_s);
  limit(RLIMIT_FSIZE, kFileSizeMax);
  limit(RLIMIT_NPROC, confinement.open_network ? kThreadsMax : 0);
  prctl(PR_SET_DUMPABLE, 0);
  install_syscall_filter(confinement.files_readable(), confinement.open_network);
}

void confine_program(std::int64_t memory_bytes, std::int64_t cpu_s,
                     const Confinement& confinement) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) throw failed("the parent's death signal");
  if (kSanitized) return;
  // Interpreters reserve much address space and use little of it: what they may write is counted.
  limit(RLIMIT_AS, RLIM_INFINITY);
  limit(RLIMIT_DATA, static_cast<rlim_t>(memory_bytes));
  limit_time(cpu_s);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_NPROC, kThreadsMax);
  install_program_filter(confinement.files_readable(), confinement.open_network);
}

}  // namespace cinnabar::kernel
