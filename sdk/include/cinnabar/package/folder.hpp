// A package as it lies in a folder: what the folder holds as a list to be signed, and whether it
// holds exactly what was signed. Plain files and folders only: a symbolic link, a device, a file
// that nobody listed is refused by name. No name is followed out of the folder, whoever changes it
// meanwhile. Stateless; any thread.
#pragma once

#include <cinnabar/durable_file.hpp>
#include <cinnabar/package/signature.hpp>

#include <dirent.h>

#include <functional>

namespace cinnabar::package {

namespace detail {

inline std::string kind_of(mode_t mode) {
  if (S_ISLNK(mode)) return "a symbolic link";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

// The names in an open folder, in order.
inline std::vector<std::string> names_in(int folder, const std::string& shown) {
  DIR* const stream = ::fdopendir(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!stream) throw refused(shown, std::string("cannot be read: ") + std::strerror(errno));
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  ::closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

struct FoundFile {
  std::string path;
  int file;  // open for reading, borrowed
  std::int64_t size;
  bool executable;
};
using VisitFile = std::function<void(const FoundFile&)>;

// Visits each plain file below; throws for what is neither that nor a folder with something in it.
inline void walk(int folder, const std::string& prefix, std::size_t& count,
                 const VisitFile& visit) {
  const auto names = names_in(folder, prefix.empty() ? "." : prefix);
  if (names.empty() && !prefix.empty()) throw refused(prefix, "is an empty folder");
  for (const std::string& name : names) {
    const std::string path = prefix + name;
    if (path == kSignatureFile) continue;
    if (const std::string problem = path_problem(path); !problem.empty())
      throw refused(path, problem);
    if (++count > kFilesMax) throw refused(path, "a package holds at most 1000 files");
    struct stat info {};
    if (::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
      throw refused(path, std::string("cannot be read: ") + std::strerror(errno));
    const bool is_folder = S_ISDIR(info.st_mode);
    if (!is_folder && !S_ISREG(info.st_mode))
      throw refused(path, "is " + kind_of(info.st_mode) + "; a package holds plain files only");
    const UniqueFd file(::openat(
        folder, name.c_str(),
        O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (is_folder ? O_DIRECTORY : 0)));
    if (file.get() < 0 || ::fstat(file.get(), &info) != 0 ||
        S_ISREG(info.st_mode) == is_folder)
      throw refused(path, std::string("cannot be read: ") + std::strerror(errno));
    if (is_folder)
      walk(file.get(), path + "/", count, visit);
    else
      visit({path, file.get(), info.st_size, (info.st_mode & S_IXUSR) != 0});
  }
}

// The SHA-256 in hex of as many bytes as the file was said to have.
inline std::string digest_of(const FoundFile& found) {
  DigestState state;
  std::vector<char> part(1 << 16);
  for (;;) {
    const ssize_t size = ::read(found.file, part.data(), part.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw refused(found.path, std::string("cannot be read: ") + std::strerror(errno));
    if (size == 0) break;
    state.update({part.data(), static_cast<std::size_t>(size)});
    if (state.size() > found.size) break;
  }
  if (state.size() != found.size) throw refused(found.path, "is being changed");
  return to_hex(state.digest());
}

inline void walk(const std::filesystem::path& folder, const VisitFile& visit) {
  const UniqueFd root(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (root.get() < 0)
    throw refused(folder.string(), std::string("is no folder: ") + std::strerror(errno));
  std::size_t count = 0;
  walk(root.get(), "", count, visit);
}

}  // namespace detail

// Everything in the folder but its SIGNATURE.json. Plugin and version stay empty.
inline FileList list_folder(const std::filesystem::path& folder) {
  FileList list;
  detail::walk(folder, [&](const detail::FoundFile& found) {
    list.files.push_back({found.path, found.size, detail::digest_of(found), found.executable});
  });
  std::sort(list.files.begin(), list.files.end(),
            [](const ListedFile& a, const ListedFile& b) { return a.path < b.path; });
  return list;
}

// Throws unless the folder holds exactly the listed files.
inline void check_folder(const std::filesystem::path& folder, const FileList& list) {
  std::set<std::string> missing;
  for (const ListedFile& file : list.files) missing.insert(file.path);
  detail::walk(folder, [&](const detail::FoundFile& found) {
    const ListedFile* listed = list.find(found.path);
    if (!listed) throw refused(found.path, "is not listed in SIGNATURE.json");
    if (found.size != listed->size)
      throw refused(found.path, "has " + std::to_string(found.size) + " bytes, " +
                                    std::to_string(listed->size) + " were signed");
    if (detail::digest_of(found) != listed->sha256)
      throw refused(found.path, "is not the file that was signed: its SHA-256 differs");
    missing.erase(found.path);
  });
  if (!missing.empty()) throw refused(*missing.begin(), "is listed in SIGNATURE.json and missing");
}

// The signature of a folder, read and with its own key found to hold; nothing: it has none.
inline std::optional<Signature> folder_signature(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kSignatureFile;
  std::error_code error;
  const auto status = std::filesystem::symlink_status(path, error);
  if (!std::filesystem::exists(status)) return std::nullopt;
  if (!std::filesystem::is_regular_file(status))
    throw refused(std::string(kSignatureFile), "is not a plain file");
  const auto text = read_small_file(path, kSignatureFileSizeMax);
  if (!text) throw refused(std::string(kSignatureFile), "cannot be read");
  Signature signature = read_signature(*text);
  check_holds(signature);
  return signature;
}

}  // namespace cinnabar::package
