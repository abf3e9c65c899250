// Files that are there, whole, after a power cut: written beside their place, synced, moved into
// it, and the folder synced too. For the few small files that a plugin keeps in its data folder.
// Stateless; any thread, for different files.
#pragma once

#include <cinnabar/error.hpp>
#include <cinnabar/unique_fd.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace cinnabar {

namespace detail {

[[noreturn]] inline void file_failure(const char* what, const std::filesystem::path& path) {
  throw failure(std::string("cannot ") + what + " " + path.string() + ": " + std::strerror(errno));
}

}  // namespace detail

inline void sync_folder(const std::filesystem::path& folder) {
  const UniqueFd file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.get() < 0 || ::fsync(file.get()) != 0) detail::file_failure("sync", folder);
}

enum class Existing { replace, keep };

// Returns false, with nothing changed, when the file exists and is to be kept: of several writers
// at once exactly one then gets true.
inline bool write_durable(const std::filesystem::path& path, std::string_view content,
                          mode_t mode = 0600, Existing existing = Existing::replace) {
  std::string draft = path.string() + ".XXXXXX";
  const UniqueFd file(::mkostemp(draft.data(), O_CLOEXEC));
  if (file.get() < 0) detail::file_failure("write beside", path);
  const auto give_up = [&](const char* what) {
    const int reason = errno;
    ::unlink(draft.c_str());
    errno = reason;
    detail::file_failure(what, path);
  };
  for (std::string_view rest = content; !rest.empty();) {
    const ssize_t size = ::write(file.get(), rest.data(), rest.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) give_up("write");
    rest.remove_prefix(static_cast<std::size_t>(size));
  }
  if (::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0) give_up("sync");
  bool written = true;
  if (existing == Existing::replace) {
    if (::rename(draft.c_str(), path.c_str()) != 0) give_up("replace");
  } else {
    if (::link(draft.c_str(), path.c_str()) != 0) {
      if (errno != EEXIST) give_up("create");
      written = false;
    }
    ::unlink(draft.c_str());
  }
  sync_folder(path.parent_path());
  return written;
}

// The content, or nothing when there is no such file. Refuses more than size_max bytes.
inline std::optional<std::string> read_small_file(const std::filesystem::path& path,
                                                  std::size_t size_max = 1'048'576) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT) return std::nullopt;
    detail::file_failure("open", path);
  }
  std::string content;
  char part[8192];
  for (;;) {
    const ssize_t size = ::read(file.get(), part, sizeof part);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) detail::file_failure("read", path);
    if (size == 0) return content;
    content.append(part, static_cast<std::size_t>(size));
    if (content.size() > size_max)
      throw failure(path.string() + " is larger than " + std::to_string(size_max) + " bytes");
  }
}

}  // namespace cinnabar
