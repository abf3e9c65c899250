#include "shim_recorder.hpp"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace cinnabar::fault {

namespace {

class KeptErrno {
 public:
  KeptErrno() : kept_(errno) {}
  ~KeptErrno() { errno = kept_; }
  KeptErrno(const KeptErrno&) = delete;
  KeptErrno& operator=(const KeptErrno&) = delete;

 private:
  int kept_;
};

std::string working_folder() {
  char whole[PATH_MAX];
  return getcwd(whole, sizeof whole) ? whole : "";
}

std::string path_of(int fd) {
  char whole[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t size = readlink(link.c_str(), whole, sizeof whole);
  return size > 0 ? std::string(whole, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace

Recorder& Recorder::get() {
  static Recorder* recorder = new Recorder;
  return *recorder;
}

Recorder::Recorder() {
  const char* folder = getenv("CINNABAR_SHIM_FOLDER");
  const char* log = getenv("CINNABAR_SHIM_LOG");
  if (!folder || !log) return;
  char whole[PATH_MAX];
  folder_ = realpath(folder, whole) ? whole : folder;
  process_ = getpid();
  log_ = static_cast<int>(
      syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (log_ < 0) give_up("the log cannot be opened");
}

bool Recorder::active() const { return log_ >= 0 && getpid() == process_; }

std::string Recorder::below(const std::string& path) const {
  if (!path.starts_with(folder_ + "/")) return path == folder_ ? "." : "";
  return path.substr(folder_.size() + 1);
}

std::string Recorder::relative(int at, const char* path) const {
  const KeptErrno kept;
  std::string whole = path;
  if (whole.empty()) return {};
  if (whole[0] != '/') whole = (at == AT_FDCWD ? working_folder() : path_of(at)) + "/" + whole;
  while (whole.size() > 1 && whole.back() == '/') whole.pop_back();
  const std::size_t slash = whole.find_last_of('/');
  char parent[PATH_MAX];
  if (!realpath(slash == 0 ? "/" : whole.substr(0, slash).c_str(), parent)) return {};
  return below(std::string(parent) + whole.substr(slash));
}

std::string Recorder::relative(int fd) const {
  const KeptErrno kept;
  return below(path_of(fd));
}

std::uint64_t Recorder::inode(int fd) const {
  const KeptErrno kept;
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return 0;
  // One that was removed while it is open has " (deleted)" after its path. It matters no more, and
  // its writes do no harm in the log.
  return relative(fd).empty() ? 0 : info.st_ino;
}

void Recorder::record(Op op, std::uint64_t file, const std::string& name, const std::string& name2,
                      std::uint64_t offset, std::uint64_t size, const void* data) {
  const KeptErrno kept;
  const RecordHeader header{op,
                            static_cast<std::uint32_t>(name.size()),
                            static_cast<std::uint32_t>(name2.size()),
                            0,
                            file,
                            offset,
                            size};
  const std::size_t data_size = data ? size : 0;
  iovec parts[] = {{const_cast<RecordHeader*>(&header), sizeof header},
                   {const_cast<char*>(name.data()), name.size()},
                   {const_cast<char*>(name2.data()), name2.size()},
                   {const_cast<void*>(data), data_size}};
  // One call, so that a process that is killed leaves whole records.
  const std::size_t whole = sizeof header + name.size() + name2.size() + data_size;
  if (syscall(SYS_writev, log_, parts, 4) != static_cast<long>(whole))
    give_up("the log cannot be written");
}

void Recorder::give_up(const char* what) {
  const std::string text = std::string("file shim: ") + what + "\n";
  syscall(SYS_write, STDERR_FILENO, text.data(), text.size());
  _exit(99);
}

}  // namespace cinnabar::fault
