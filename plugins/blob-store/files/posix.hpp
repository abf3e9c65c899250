// The few file operations that the store is made of, with errors as Error and with the syncs that
// make them last. Stateless; any thread.
#pragma once

#include <cinnabar/error.hpp>

#include <string>
#include <string_view>

namespace cinnabar::posix {

// A file descriptor that closes itself.
class File {
 public:
  // Throws Error "blob.unavailable".
  File(const std::string& path, int flags);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

// "blob.unavailable" with the path and the reason of errno.
Error unavailable(const std::string& path);

void write_all(const File& file, const std::string& path, std::string_view content);
// Flushes a file, or the entries of a folder, to the disk.
void sync(const File& file, const std::string& path);
void sync_folder(const std::string& path);
// Makes a folder, not synced; false: it is there.
bool make_entry(const std::string& path);
// Makes the folder, and its parents, if they are not there, so that they are still there after a
// power failure.
void make_folder(const std::string& path);
// Lower-case hex SHA-256 (FIPS 180-4) of the file's content.
std::string sha256_of(const File& file, const std::string& path);
std::string sha256_of(std::string_view content);

}  // namespace cinnabar::posix
