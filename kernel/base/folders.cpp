#include "kernel/base/folders.hpp"

#include <cinnabar/durable_file.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace cinnabar::kernel {

namespace {

Error unavailable(const std::filesystem::path& path) {
  return Error("storage.unavailable", {{"path", path.string()}, {"detail", std::strerror(errno)}},
               {}, CINNABAR_UNAVAILABLE);
}

void sync_folder(const std::filesystem::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool good = file >= 0 && ::fsync(file) == 0;
  const int reason = errno;
  if (file >= 0) ::close(file);
  errno = reason;
  if (!good) throw unavailable(folder);
}

}  // namespace

void make_folder(const std::filesystem::path& folder) {
  const std::filesystem::path parent = folder.has_parent_path() ? folder.parent_path() : ".";
  if (std::filesystem::is_directory(folder)) {
    // Whoever made it may have died before it lasted. A parent that may not be read is not ours.
    if (::access(parent.c_str(), R_OK) == 0) sync_folder(parent);
    return;
  }
  if (!std::filesystem::is_directory(parent)) make_folder(parent);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) throw unavailable(folder);
  sync_folder(parent);
}

std::string kept_text(const std::filesystem::path& file, const std::string& fresh) {
  const auto read = [&] {
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string text = read();
  if (!text.empty()) return text;
  return write_durable(file, fresh, 0600, Existing::keep) ? fresh : read();
}

FolderLock::FolderLock(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "lock";
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) throw unavailable(path);
  if (::flock(file_, LOCK_EX | LOCK_NB) == 0) {
    const std::string text = std::to_string(::getpid()) + "\n";
    if (::ftruncate(file_, 0) != 0 || ::pwrite(file_, text.data(), text.size(), 0) < 0) {
      ::close(file_);
      throw unavailable(path);
    }
    return;
  }
  char text[32] = {};
  const ssize_t size = ::pread(file_, text, sizeof text - 1, 0);
  ::close(file_);
  std::string holder(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  throw Error("storage.in_use", {{"path", folder.string()}, {"process", holder}}, {},
              CINNABAR_UNAVAILABLE);
}

FolderLock::~FolderLock() { ::close(file_); }

}  // namespace cinnabar::kernel
