// Where installed packages lie, and how they get there:
//
//   <data>/packages/<plugin id>/<version>/          the files of one version, and SIGNATURE.json
//   <data>/packages/<plugin id>/.admitted           the version that the operator lets run
//   <data>/packages/.new-XXXXXX/                    one that is being unpacked; never looked into
//   <data>/packages/.lock                           held while something is installed or removed
//
// A version is there whole or not at all, and is not written again: a server may run it. Errors:
// "package.refused". Any thread and process: the lock orders them.
#pragma once

#include <cinnabar/package/archive.hpp>

#include <sys/file.h>

namespace cinnabar::package {

inline std::filesystem::path store_folder(const std::filesystem::path& data) {
  return data / "packages";
}
inline std::filesystem::path store_place(const std::filesystem::path& data,
                                         const std::string& plugin, const std::string& version) {
  return store_folder(data) / plugin / version;
}

// The version of a plugin that the operator lets run; empty: none.
inline std::string admitted_version(const std::filesystem::path& data, const std::string& plugin) {
  if (!path_problem(plugin).empty()) return {};
  return read_small_file(store_folder(data) / plugin / ".admitted").value_or(std::string());
}
inline void set_admitted_version(const std::filesystem::path& data, const std::string& plugin,
                                 const std::string& version) {
  const std::filesystem::path file = store_folder(data) / plugin / ".admitted";
  if (!version.empty()) {
    write_durable(file, version);
  } else if (std::filesystem::remove(file)) {
    sync_folder(file.parent_path());
  }
}

// The folders of what is installed, in order of id and version as texts.
inline std::vector<std::filesystem::path> installed_places(const std::filesystem::path& data) {
  std::vector<std::filesystem::path> places;
  std::error_code error;
  for (const auto& plugin : std::filesystem::directory_iterator(store_folder(data), error)) {
    if (plugin.path().filename().string().starts_with('.') || !plugin.is_directory()) continue;
    for (const auto& version : std::filesystem::directory_iterator(plugin.path(), error))
      if (version.is_directory()) places.push_back(version.path());
  }
  std::sort(places.begin(), places.end());
  return places;
}

// Of these, the versions that may run.
inline std::vector<std::filesystem::path> admitted_places(const std::filesystem::path& data) {
  auto places = installed_places(data);
  std::erase_if(places, [&](const std::filesystem::path& place) {
    return place.filename() != admitted_version(data, place.parent_path().filename().string());
  });
  return places;
}

namespace detail {

class StoreLock {
 public:
  explicit StoreLock(const std::filesystem::path& store)
      : file_(::open((store / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_.get() < 0 || ::flock(file_.get(), LOCK_EX) != 0)
      cinnabar::detail::file_failure("lock", store);
  }

 private:
  UniqueFd file_;
};

inline void make_synced_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    cinnabar::detail::file_failure("make", folder);
  sync_folder(folder.parent_path());
}

// Under the lock nobody unpacks: what is left was broken off.
inline void clear_drafts(const std::filesystem::path& store) {
  for (const auto& entry : std::filesystem::directory_iterator(store))
    if (entry.path().filename().string().starts_with(".new-"))
      std::filesystem::remove_all(entry.path());
}

inline void write_files(const std::filesystem::path& folder, const Signature& signature,
                        const std::function<std::string(std::size_t)>& content) {
  const auto& files = signature.package.files;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::filesystem::path path = folder / files[i].path;
    std::filesystem::create_directories(path.parent_path());
    write_durable(path, content(i), files[i].executable ? 0700 : 0600);
  }
  write_durable(folder / kSignatureFile, signature_text(signature));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_directory()) sync_folder(entry.path());
}

}  // namespace detail

// Installs an archive, or a signed folder. `approve` is shown the signature, whose own key was
// found to hold, and the bytes of plugin.json, and throws to refuse them: nothing was written then.
inline void install(
    const std::filesystem::path& data, const std::filesystem::path& from,
    const std::function<void(const Signature&, const std::string& manifest)>& approve) {
  std::optional<std::string> bytes;
  Archive archive;
  const bool folder = std::filesystem::is_directory(from);
  if (folder) {
    auto signature = folder_signature(from);
    if (!signature)
      throw refused(from.string(), "is not signed: it holds no " + std::string(kSignatureFile));
    check_folder(from, signature->package);
    archive.signature = std::move(*signature);
  } else {
    // The headers and the directory come on top of the files.
    bytes = read_small_file(from, static_cast<std::size_t>(kSizeMax) + (4 << 20));
    if (!bytes) throw refused(from.string(), "is not there");
    archive = read_archive(*bytes);
  }
  const FileList& list = archive.signature.package;
  const auto content = [&](std::size_t i) {
    return folder ? read_listed(from, list.files[i]) : std::string(archive.contents[i]);
  };
  for (std::size_t i = 0; i < list.files.size(); ++i)
    if (list.files[i].path == "plugin.json") approve(archive.signature, content(i));

  const std::filesystem::path store = store_folder(data);
  detail::make_synced_folder(store);
  const detail::StoreLock lock(store);
  detail::clear_drafts(store);
  const std::filesystem::path place = store_place(data, list.plugin, list.version);
  if (std::filesystem::exists(std::filesystem::symlink_status(place)))
    throw refused(list.plugin + " " + list.version, "is installed already");
  std::string draft = (store / ".new-XXXXXX").string();
  if (!::mkdtemp(draft.data())) cinnabar::detail::file_failure("make", draft);
  try {
    detail::write_files(draft, archive.signature, content);
    detail::make_synced_folder(place.parent_path());
    if (::rename(draft.c_str(), place.c_str()) != 0)
      cinnabar::detail::file_failure("move into place", draft);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove_all(draft, ignored);
    throw;
  }
  sync_folder(place.parent_path());
}

// Takes a version away. False: it was not there.
inline bool remove(const std::filesystem::path& data, const std::string& plugin,
                   const std::string& version) {
  const std::filesystem::path store = store_folder(data);
  const std::filesystem::path place = store_place(data, plugin, version);
  if (!path_problem(plugin).empty() || !path_problem(version).empty() ||
      !std::filesystem::is_directory(place))
    return false;
  const detail::StoreLock lock(store);
  std::string draft = (store / ".new-XXXXXX").string();
  if (!::mkdtemp(draft.data()) || ::rename(place.c_str(), draft.c_str()) != 0)
    cinnabar::detail::file_failure("remove", place);
  sync_folder(place.parent_path());
  detail::clear_drafts(store);
  std::error_code not_empty;
  std::filesystem::remove(place.parent_path(), not_empty);
  return true;
}

}  // namespace cinnabar::package
