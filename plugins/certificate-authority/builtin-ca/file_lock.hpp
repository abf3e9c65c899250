// FileLock: one process at a time, and one thread, while it lives (flock). The file stays.
// Belongs to one thread.
#pragma once

#include <cinnabar/durable_file.hpp>

#include <sys/file.h>

namespace cinnabar::builtinca {

class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& path)
      : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_.get() < 0 || ::flock(file_.get(), LOCK_EX) != 0)
      detail::file_failure("lock", path);
  }

 private:
  UniqueFd file_;
};

}  // namespace cinnabar::builtinca
