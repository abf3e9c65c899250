// Folders that last, and a folder that belongs to one process. Stateless but for the lock; the
// lock is held by the composition root.
#pragma once

#include <filesystem>

namespace cinnabar::kernel {

// Makes the folder and its parents, readable by their owner only, so that they are still there
// after a power failure. One that is there keeps its mode. Throws Error "storage.unavailable".
void make_folder(const std::filesystem::path& folder);

// What the file holds; made with `fresh` when it is not there, so that it lasts. Of two processes
// that start at once the second takes the first one's. Empty: it can be neither read nor made.
std::string kept_text(const std::filesystem::path& file, const std::string& fresh);

// Holds a data folder for this process: two servers on one folder would undo each other's work.
class FolderLock {
 public:
  // Throws Error "storage.in_use" with the process id of the holder.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int file_;
};

}  // namespace cinnabar::kernel
