// The log that the file shim writes and the replay reads: what a process did to the files of one
// folder, in order. Each record is the header below, then `name`, `name2` and, for writes, `size`
// bytes. Plain values; any thread.
#pragma once

#include <cstdint>

namespace cinnabar::fault {

enum class Op : std::uint32_t {
  create = 1,  // a new regular file: inode `file` under `name`
  make_folder,
  write,     // `size` bytes at `offset` of inode `file`
  truncate,  // inode `file` to `size` bytes
  sync,      // everything done to inode `file`, called `name`, so far lasts
  sync_folder,
  rename,  // `name` to `name2`
  link,    // `name2` is `name` too
  remove,  // a file or an empty folder
  mark,    // `name` is a text of the process: something was acknowledged
};

// Names are relative to the folder. Inodes are the file system's and are used again after a file
// is gone: `create` says that a number is a new file now.
struct RecordHeader {
  Op op;
  std::uint32_t name_size;
  std::uint32_t name2_size;
  std::uint32_t reserved;
  std::uint64_t file;
  std::uint64_t offset;
  std::uint64_t size;
};
static_assert(sizeof(RecordHeader) == 40);

}  // namespace cinnabar::fault
