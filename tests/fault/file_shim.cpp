// The file shim: a library for LD_PRELOAD that records what a process does to the files of one
// folder (shim_recorder.hpp), so that a power cut at any moment can be played back (replay.hpp).
// Syncs are recorded only, which makes a run fast and changes nothing for the process.
//
// Memory mappings are not seen: SQLite maps only its -shm file, which a restart makes anew. Nor is
// what the C library does to files by itself (fwrite); the tests compare a whole log, played back,
// with the folder, so nothing that matters is missed unnoticed.
#include "shim_recorder.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

using cinnabar::fault::Op;
using cinnabar::fault::Recorder;

namespace {

// The function of that name behind this one.
template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

// Around any call that opens: what it created or cut to nothing goes into the log.
template <class Open>
int opened(int at, const char* path, int flags, Open open) {
  Recorder& recorder = Recorder::get();
  const bool unnamed = (flags & O_TMPFILE) == O_TMPFILE;
  if (!recorder.active() || (!unnamed && (flags & (O_CREAT | O_TRUNC)) == 0)) return open();
  const Recorder::Turn turn(recorder);
  const std::string name = recorder.relative(at, path);
  if (name.empty()) return open();
  if (unnamed) Recorder::give_up("a file without a name was opened in the folder");
  struct stat before {};
  const bool was_there = fstatat(at, path, &before, 0) == 0;
  const int fd = open();
  struct stat info {};
  if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return fd;
  if (!was_there)
    recorder.record(Op::create, info.st_ino, name);
  else if ((flags & O_TRUNC) != 0)
    recorder.record(Op::truncate, info.st_ino, {});
  return fd;
}

// Around a call that makes a file with a name of its own choice, which it leaves in `path`.
template <class Make>
int made(const char* path, Make make) {
  Recorder& recorder = Recorder::get();
  if (!recorder.active()) return make();
  const Recorder::Turn turn(recorder);
  const int fd = make();
  const std::uint64_t file = fd < 0 ? 0 : recorder.inode(fd);
  if (file != 0) recorder.record(Op::create, file, recorder.relative(AT_FDCWD, path));
  return fd;
}

void record_parts(std::uint64_t file, std::uint64_t offset, const iovec* parts, int count,
                  std::uint64_t size) {
  for (int i = 0; i < count && size > 0; ++i) {
    const std::uint64_t part = size < parts[i].iov_len ? size : parts[i].iov_len;
    Recorder::get().record(Op::write, file, {}, {}, offset, part, parts[i].iov_base);
    offset += part;
    size -= part;
  }
}

// What some call has written there, read back.
void record_content(int fd, std::uint64_t offset, std::uint64_t size) {
  std::string content(size, '\0');
  if (pread(fd, content.data(), size, static_cast<off_t>(offset)) != static_cast<ssize_t>(size))
    Recorder::give_up("what was written cannot be read back");
  Recorder::get().record(Op::write, Recorder::get().inode(fd), {}, {}, offset, size,
                         content.data());
}

std::uint64_t position(int fd) { return static_cast<std::uint64_t>(lseek(fd, 0, SEEK_CUR)); }

// Around a write at the file's own position.
template <class Write>
ssize_t written(int fd, const iovec* parts, int count, Write write) {
  Recorder& recorder = Recorder::get();
  if (!recorder.active() || recorder.inode(fd) == 0) return write();
  const Recorder::Turn turn(recorder);
  const ssize_t size = write();
  if (size > 0)
    record_parts(recorder.inode(fd), position(fd) - static_cast<std::uint64_t>(size), parts, count,
                 static_cast<std::uint64_t>(size));
  return size;
}

template <class Write>
ssize_t written_at(int fd, const iovec* parts, int count, off_t offset, Write write) {
  Recorder& recorder = Recorder::get();
  if (!recorder.active() || recorder.inode(fd) == 0) return write();
  const Recorder::Turn turn(recorder);
  const ssize_t size = write();
  if (size > 0)
    record_parts(recorder.inode(fd), static_cast<std::uint64_t>(offset), parts, count,
                 static_cast<std::uint64_t>(size));
  return size;
}

// Around a copy into a file, at *offset or at its own position.
template <class Copy>
ssize_t copied(int fd, const off64_t* offset, Copy copy) {
  Recorder& recorder = Recorder::get();
  if (!recorder.active() || recorder.inode(fd) == 0) return copy();
  const Recorder::Turn turn(recorder);
  const std::uint64_t start = offset ? static_cast<std::uint64_t>(*offset) : position(fd);
  const ssize_t size = copy();
  if (size > 0) record_content(fd, start, static_cast<std::uint64_t>(size));
  return size;
}

int synced(int fd, int (*real)(int)) {
  Recorder& recorder = Recorder::get();
  if (!recorder.active()) return real(fd);
  struct stat info {};
  const std::string name = recorder.relative(fd);
  if (name.empty() || fstat(fd, &info) != 0) return real(fd);
  const Recorder::Turn turn(recorder);
  recorder.record(S_ISDIR(info.st_mode) ? Op::sync_folder : Op::sync, info.st_ino, name);
  return 0;
}

// Around any call after which the file may have another size.
template <class Resize>
int resized(int fd, Resize resize) {
  Recorder& recorder = Recorder::get();
  if (!recorder.active() || recorder.inode(fd) == 0) return resize();
  const Recorder::Turn turn(recorder);
  const int result = resize();
  struct stat info {};
  if (result == 0 && fstat(fd, &info) == 0)
    recorder.record(Op::truncate, info.st_ino, {}, {}, 0, static_cast<std::uint64_t>(info.st_size));
  return result;
}

template <class Change>
int moved(Op op, int from_at, const char* from, int to_at, const char* to, Change change) {
  Recorder& recorder = Recorder::get();
  if (!recorder.active()) return change();
  const Recorder::Turn turn(recorder);
  const std::string name = recorder.relative(from_at, from), name2 = recorder.relative(to_at, to);
  const int result = change();
  if (result != 0 || (name.empty() && name2.empty())) return result;
  if (name.empty() || name2.empty()) Recorder::give_up("a file came into the folder or left it");
  recorder.record(op, 0, name, name2);
  return result;
}

template <class Change>
int changed(Op op, int at, const char* path, Change change) {
  Recorder& recorder = Recorder::get();
  if (!recorder.active()) return change();
  const Recorder::Turn turn(recorder);
  const std::string name = recorder.relative(at, path);
  const int result = change();
  if (result == 0 && !name.empty()) recorder.record(op, 0, name);
  return result;
}

int open_flags_of(const char* mode) {
  const bool plus = strchr(mode, '+') != nullptr;
  const int access = plus ? O_RDWR : O_WRONLY;
  if (mode[0] == 'w') return access | O_CREAT | O_TRUNC;
  if (mode[0] == 'a') return access | O_CREAT | O_APPEND;
  return plus ? O_RDWR : O_RDONLY;
}

FILE* stream_opened(const char* name, const char* path, const char* mode) {
  FILE* stream = nullptr;
  opened(AT_FDCWD, path, open_flags_of(mode), [&] {
    stream = next<FILE* (*)(const char*, const char*)>(name)(path, mode);
    return stream ? fileno(stream) : -1;
  });
  return stream;
}

}  // namespace

// The functions of the C library, under their own names. Where large files have a name of their
// own, both names get the same body.
#define SHIM extern "C" __attribute__((visibility("default")))
#define REAL(name, ...) static const auto real = next<__VA_ARGS__>(name)

#define SHIM_OPEN(name)                                                                  \
  SHIM int name(const char* path, int flags, ...) {                                      \
    REAL(#name, int (*)(const char*, int, ...));                                         \
    va_list arguments;                                                                   \
    va_start(arguments, flags);                                                          \
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(arguments, mode_t) : 0; \
    va_end(arguments);                                                                   \
    return opened(AT_FDCWD, path, flags, [&] { return real(path, flags, mode); });       \
  }
#define SHIM_OPENAT(name)                                                                \
  SHIM int name(int at, const char* path, int flags, ...) {                              \
    REAL(#name, int (*)(int, const char*, int, ...));                                    \
    va_list arguments;                                                                   \
    va_start(arguments, flags);                                                          \
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(arguments, mode_t) : 0; \
    va_end(arguments);                                                                   \
    return opened(at, path, flags, [&] { return real(at, path, flags, mode); });         \
  }
SHIM_OPEN(open)
SHIM_OPEN(open64)
SHIM_OPENAT(openat)
SHIM_OPENAT(openat64)

SHIM int creat(const char* path, mode_t mode) {
  return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
SHIM int creat64(const char* path, mode_t mode) {
  return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
SHIM FILE* fopen(const char* path, const char* mode) { return stream_opened("fopen", path, mode); }
SHIM FILE* fopen64(const char* path, const char* mode) {
  return stream_opened("fopen64", path, mode);
}

#define SHIM_TEMPORARY(name)                       \
  SHIM int name(char* path) {                      \
    REAL(#name, int (*)(char*));                   \
    return made(path, [&] { return real(path); }); \
  }
#define SHIM_TEMPORARY_FLAGS(name)                        \
  SHIM int name(char* path, int flags) {                  \
    REAL(#name, int (*)(char*, int));                     \
    return made(path, [&] { return real(path, flags); }); \
  }
SHIM_TEMPORARY(mkstemp)
SHIM_TEMPORARY(mkstemp64)
SHIM_TEMPORARY_FLAGS(mkostemp)
SHIM_TEMPORARY_FLAGS(mkostemp64)

SHIM ssize_t write(int fd, const void* data, size_t size) {
  REAL("write", ssize_t(*)(int, const void*, size_t));
  const iovec part{const_cast<void*>(data), size};
  return written(fd, &part, 1, [&] { return real(fd, data, size); });
}
SHIM ssize_t writev(int fd, const iovec* parts, int count) {
  REAL("writev", ssize_t(*)(int, const iovec*, int));
  return written(fd, parts, count, [&] { return real(fd, parts, count); });
}

#define SHIM_PWRITE(name, offset_type)                                                     \
  SHIM ssize_t name(int fd, const void* data, size_t size, offset_type offset) {           \
    REAL(#name, ssize_t (*)(int, const void*, size_t, offset_type));                       \
    const iovec part{const_cast<void*>(data), size};                                       \
    return written_at(fd, &part, 1, offset, [&] { return real(fd, data, size, offset); }); \
  }
#define SHIM_PWRITEV(name, offset_type)                                                          \
  SHIM ssize_t name(int fd, const iovec* parts, int count, offset_type offset) {                 \
    REAL(#name, ssize_t (*)(int, const iovec*, int, offset_type));                               \
    return written_at(fd, parts, count, offset, [&] { return real(fd, parts, count, offset); }); \
  }
SHIM_PWRITE(pwrite, off_t)
SHIM_PWRITE(pwrite64, off64_t)
SHIM_PWRITEV(pwritev, off_t)
SHIM_PWRITEV(pwritev64, off64_t)

#define SHIM_SENDFILE(name, offset_type)                                           \
  SHIM ssize_t name(int to, int from, offset_type* offset, size_t size) noexcept { \
    REAL(#name, ssize_t (*)(int, int, offset_type*, size_t));                      \
    return copied(to, nullptr, [&] { return real(to, from, offset, size); });      \
  }
SHIM_SENDFILE(sendfile, off_t)
SHIM_SENDFILE(sendfile64, off64_t)

SHIM ssize_t copy_file_range(int from, off64_t* from_offset, int to, off64_t* to_offset,
                             size_t size, unsigned flags) {
  REAL("copy_file_range", ssize_t(*)(int, off64_t*, int, off64_t*, size_t, unsigned));
  off64_t start = to_offset ? *to_offset : 0;
  return copied(to, to_offset ? &start : nullptr,
                [&] { return real(from, from_offset, to, to_offset, size, flags); });
}

SHIM int fsync(int fd) {
  REAL("fsync", int (*)(int));
  return synced(fd, real);
}
SHIM int fdatasync(int fd) {
  REAL("fdatasync", int (*)(int));
  return synced(fd, real);
}

#define SHIM_RESIZE(name, offset_type)                  \
  SHIM int name(int fd, offset_type size) noexcept {    \
    REAL(#name, int (*)(int, offset_type));             \
    return resized(fd, [&] { return real(fd, size); }); \
  }
#define SHIM_ALLOCATE(name, offset_type)                        \
  SHIM int name(int fd, offset_type offset, offset_type size) { \
    REAL(#name, int (*)(int, offset_type, offset_type));        \
    return resized(fd, [&] { return real(fd, offset, size); }); \
  }
SHIM_RESIZE(ftruncate, off_t)
SHIM_RESIZE(ftruncate64, off64_t)
SHIM_ALLOCATE(posix_fallocate, off_t)
SHIM_ALLOCATE(posix_fallocate64, off64_t)

SHIM int fallocate(int fd, int mode, off_t offset, off_t size) {
  REAL("fallocate", int (*)(int, int, off_t, off_t));
  if (mode != 0 && Recorder::get().active() && Recorder::get().inode(fd) != 0)
    Recorder::give_up("fallocate did more than to make a file larger");
  return resized(fd, [&] { return real(fd, mode, offset, size); });
}
SHIM int fallocate64(int fd, int mode, off64_t offset, off64_t size) {
  return fallocate(fd, mode, offset, size);
}
SHIM int truncate(const char* path, off_t size) noexcept {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  const int result = ftruncate(fd, size);
  close(fd);
  return result;
}
SHIM int truncate64(const char* path, off64_t size) noexcept { return truncate(path, size); }

SHIM int rename(const char* from, const char* to) noexcept {
  REAL("rename", int (*)(const char*, const char*));
  return moved(Op::rename, AT_FDCWD, from, AT_FDCWD, to, [&] { return real(from, to); });
}
SHIM int renameat(int from_at, const char* from, int to_at, const char* to) noexcept {
  REAL("renameat", int (*)(int, const char*, int, const char*));
  return moved(Op::rename, from_at, from, to_at, to,
               [&] { return real(from_at, from, to_at, to); });
}
SHIM int renameat2(int from_at, const char* from, int to_at, const char* to,
                   unsigned flags) noexcept {
  REAL("renameat2", int (*)(int, const char*, int, const char*, unsigned));
  if ((flags & ~static_cast<unsigned>(RENAME_NOREPLACE)) != 0 && Recorder::get().active() &&
      !Recorder::get().relative(from_at, from).empty())
    Recorder::give_up("renameat2 did more than to rename");
  return moved(Op::rename, from_at, from, to_at, to,
               [&] { return real(from_at, from, to_at, to, flags); });
}
SHIM int link(const char* from, const char* to) noexcept {
  REAL("link", int (*)(const char*, const char*));
  return moved(Op::link, AT_FDCWD, from, AT_FDCWD, to, [&] { return real(from, to); });
}
SHIM int linkat(int from_at, const char* from, int to_at, const char* to, int flags) noexcept {
  REAL("linkat", int (*)(int, const char*, int, const char*, int));
  return moved(Op::link, from_at, from, to_at, to,
               [&] { return real(from_at, from, to_at, to, flags); });
}
SHIM int symlink(const char* target, const char* path) noexcept {
  REAL("symlink", int (*)(const char*, const char*));
  if (Recorder::get().active() && !Recorder::get().relative(AT_FDCWD, path).empty())
    Recorder::give_up("a symbolic link was made in the folder");
  return real(target, path);
}

SHIM int unlinkat(int at, const char* path, int flags) noexcept {
  REAL("unlinkat", int (*)(int, const char*, int));
  return changed(Op::remove, at, path, [&] { return real(at, path, flags); });
}
#define SHIM_REMOVE(name)                                                   \
  SHIM int name(const char* path) noexcept {                                \
    REAL(#name, int (*)(const char*));                                      \
    return changed(Op::remove, AT_FDCWD, path, [&] { return real(path); }); \
  }
SHIM_REMOVE(unlink)
SHIM_REMOVE(remove)
SHIM_REMOVE(rmdir)

SHIM int mkdir(const char* path, mode_t mode) noexcept {
  REAL("mkdir", int (*)(const char*, mode_t));
  return changed(Op::make_folder, AT_FDCWD, path, [&] { return real(path, mode); });
}
SHIM int mkdirat(int at, const char* path, mode_t mode) noexcept {
  REAL("mkdirat", int (*)(int, const char*, mode_t));
  return changed(Op::make_folder, at, path, [&] { return real(at, path, mode); });
}

// For the process itself: notes in the log that something was acknowledged. Found by dlsym, so
// that a program runs without the shim too.
SHIM void cinnabar_shim_mark(const char* text) {
  Recorder& recorder = Recorder::get();
  if (!recorder.active()) return;
  const Recorder::Turn turn(recorder);
  recorder.record(Op::mark, 0, text);
}
