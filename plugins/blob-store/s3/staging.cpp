#include "staging.hpp"

#include <sys/file.h>

#include <random>

namespace cinnabar::s3 {

namespace {

// Only the owner may look at what is staged.
int opened(const std::filesystem::path& folder) {
  std::error_code ignored;  // what matters is whether it can be opened
  std::filesystem::create_directories(folder.parent_path(), ignored);
  ::mkdir(folder.c_str(), 0700);
  return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

}  // namespace

Error staging_error(const std::filesystem::path& path) {
  return Error("blob.unavailable", {{"detail", path.string() + ": " + std::strerror(errno)}}, {},
               CINNABAR_UNAVAILABLE);
}

Staging::Staging(const std::filesystem::path& folder)
    : folder_(folder),
      lock_(opened(folder)),
      // Of several stores of one folder each has names of its own.
      prefix_(std::to_string(std::random_device{}()) + std::to_string(std::random_device{}())) {
  if (lock_.get() < 0) throw staging_error(folder);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) {
    std::error_code ignored;  // what cannot be removed does no harm but take space
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
      std::filesystem::remove(entry.path(), ignored);
  }
  if (::flock(lock_.get(), LOCK_SH) != 0) throw staging_error(folder);
}

std::string Staging::next() {
  return (folder_ / (prefix_ + "-" + std::to_string(++count_))).string();
}

}  // namespace cinnabar::s3
