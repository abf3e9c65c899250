// What the file shim knows: which folder it watches, and the log. One for the process, made at the
// first call and never destroyed, because a process writes files until its very end. Any thread.
//
//   CINNABAR_SHIM_FOLDER  the folder, absolute; everything below it is recorded. It must be empty
//                         when a log begins.
//   CINNABAR_SHIM_LOG     the log, outside of the folder; appended to.
//
// Only the process that loaded the shim records: one that it forks may be confined to a few system
// calls, and has no business in the folder.
#pragma once

#include "shim_log.hpp"

#include <mutex>
#include <string>

namespace cinnabar::fault {

class Recorder {
 public:
  static Recorder& get();

  bool active() const;

  // Held for an operation and its record, so that the log's order is the order of effects.
  class Turn {
   public:
    explicit Turn(Recorder& recorder) : lock_(recorder.mutex_) {}

   private:
    std::lock_guard<std::recursive_mutex> lock_;
  };

  // The path relative to the folder; empty: it lies elsewhere. Keeps errno, as all of these do.
  std::string relative(int at, const char* path) const;
  std::string relative(int fd) const;
  // The inode of a regular file below the folder that fd is open on; 0: it is not one.
  std::uint64_t inode(int fd) const;

  // Writes a record; a log that cannot be written ends the process.
  void record(Op op, std::uint64_t file, const std::string& name, const std::string& name2 = {},
              std::uint64_t offset = 0, std::uint64_t size = 0, const void* data = nullptr);
  // Ends the process: it did what the log has no word for, and a replay would be wrong.
  [[noreturn]] static void give_up(const char* what);

 private:
  Recorder();
  std::string below(const std::string& path) const;

  std::string folder_;
  int log_ = -1;
  int process_ = 0;
  std::recursive_mutex mutex_;
};

}  // namespace cinnabar::fault
