// Trust: where a plugin comes from, found out before any of its code runs. It came with the
// installation, a publisher whom the configuration names signed its files, or nobody did. What was
// signed is held against the bytes again as they are used. Reads files; any thread.
#pragma once

#include <cinnabar/package/manifest.hpp>
#include <cinnabar/package/publisher.hpp>
#include <cinnabar/package/store.hpp>

namespace cinnabar::package {

struct TrustRules {
  // The folders beside the executable: what lies there came with it, by the same hands.
  std::vector<std::filesystem::path> own_folders;
  std::vector<Publisher> publishers;
  bool allow_dev = false;  // what nobody signed is loaded too
};

struct Trust {
  TrustClass trust = TrustClass::dev;
  std::string publisher;    // its name in the configuration
  FileList files;           // that were signed; none for what needs no signature

  bool is(TrustClass one) const { return trust == one; }
  // Throws Error "package.refused" unless these bytes of a file are those that were signed, or
  // none need be.
  void check(const std::string& path, std::string_view content) const {
    if (files.files.empty()) return;
    const ListedFile* file = files.find(path);
    if (!file) throw refused(path, "is not listed in SIGNATURE.json");
    check_content(*file, content);
  }
};

struct TrustedManifest {
  Manifest manifest;
  Trust trust;
};

namespace detail {

// What came with the executable is as safe from others as the executable is.
inline void check_own(const std::filesystem::path& path) {
  struct stat executable {}, info {};
  if (::lstat(path.c_str(), &info) != 0 || ::stat("/proc/self/exe", &executable) != 0)
    throw refused(path.string(), std::string("cannot be read: ") + std::strerror(errno));
  if (S_ISLNK(info.st_mode))
    throw refused(path.string(), "is a symbolic link among the installation's plugins");
  if ((info.st_uid != 0 && info.st_uid != executable.st_uid) || (info.st_mode & S_IWOTH) != 0)
    throw refused(path.string(),
                  "can be changed by others than the owner of the executable beside it");
}

inline bool is_own(const std::filesystem::path& folder, const TrustRules& rules) {
  return folder.filename().string().starts_with(kOwnIds) &&
         std::find(rules.own_folders.begin(), rules.own_folders.end(), folder.parent_path()) !=
             rules.own_folders.end();
}

}  // namespace detail

// Throws Error "package.refused" for a folder whose plugin may not be loaded.
inline Trust trust_of(const std::filesystem::path& folder, const TrustRules& rules) {
  if (detail::is_own(folder, rules)) {
    for (const auto& path : {folder.parent_path(), folder, folder / "plugin.json"})
      detail::check_own(path);
    if (std::filesystem::exists(folder / "plugin.so")) detail::check_own(folder / "plugin.so");
    return {TrustClass::first_party, {}, {}};
  }
  auto signature = folder_signature(folder);
  if (!signature) {
    if (rules.allow_dev) return {};
    throw refused(folder.string(),
                  "is not signed. Sign it with cinnabar plugin pack --sign, or set "
                  "plugins.allow_dev on a machine for development");
  }
  const Publisher& publisher = publisher_of(signature->package, rules.publishers);
  check_folder(folder, signature->package);
  const bool partner = publisher.trust == PublisherClass::partner;
  return {partner ? TrustClass::partner : TrustClass::private_, publisher.name,
          std::move(signature->package)};
}

namespace detail {

inline void check_names(const Manifest& manifest, const FileList& list) {
  if (manifest.id != list.plugin || manifest.version != list.version)
    throw refused("plugin.json", "says " + manifest.id + " " + manifest.version +
                                     ", signed was " + list.plugin + " " + list.version);
}

// A partner's plugin is bound by one enterprise after the other, so it must be one that can be.
inline void check_scope(const Manifest& manifest, TrustClass trust) {
  if (trust == TrustClass::partner && manifest.scope != Scope::enterprise)
    throw refused("plugin.json",
                  "has not the scope \"enterprise\": without it a partner's plugin would serve all "
                  "enterprises, whether they want it or not");
}

inline Manifest read_trusted_manifest(const std::filesystem::path& folder, const Trust& trust) {
  const auto read = [&](const char* name) {
    const auto text = read_small_file(folder / name);
    if (!text) throw refused(name, "is missing");
    trust.check(name, *text);
    return *text;
  };
  const auto shown = [&](const char* name) { return (folder / name).string(); };
  Manifest manifest = trust.files.files.empty()
                          ? read_manifest(folder)
                          : parse_manifest(read("plugin.json"), shown("plugin.json"));
  manifest.folder = folder;
  if (trust.is(TrustClass::first_party) && manifest.id != folder.filename().string())
    throw refused(folder.string(), "is the folder of another plugin than " + manifest.id);
  if (!trust.is(TrustClass::first_party) && manifest.id.starts_with(kOwnIds))
    throw refused("plugin.json", "has the id " + manifest.id +
                                     ", as only plugins that came with the installation have");
  check_scope(manifest, trust.trust);
  if (trust.files.files.empty()) return manifest;
  if (trust.files.find("errors.json"))
    manifest.errors = parse_errors(read("errors.json"), shown("errors.json"));
  check_names(manifest, trust.files);
  return manifest;
}

}  // namespace detail

// That, and the manifest and the error texts from the bytes that were signed. Throws Error
// "package.refused", "plugin.manifest_invalid".
inline TrustedManifest read_plugin(const std::filesystem::path& folder, const TrustRules& rules) {
  Trust trust = trust_of(folder, rules);
  Manifest manifest = detail::read_trusted_manifest(folder, trust);
  return {std::move(manifest), std::move(trust)};
}

// That, of a version in the store of packages. Throws Error "plugin.not_installed" too.
inline TrustedManifest read_installed(const std::filesystem::path& data, const std::string& plugin,
                                      const std::string& version, const TrustRules& rules) {
  const std::filesystem::path place = store_place(data, plugin, version);
  if (!path_problem(plugin).empty() || !path_problem(version).empty() ||
      !std::filesystem::is_directory(place))
    throw Error("plugin.not_installed", {{"plugin", plugin + " " + version}});
  return read_plugin(place, rules);
}

// Throws unless the installation knows who signed the package, and could run it.
inline void approve(const Signature& signature, const std::string& manifest_text,
                    const TrustRules& rules) {
  const FileList& list = signature.package;
  const Publisher& publisher = publisher_of(list, rules.publishers);
  const Manifest manifest = parse_manifest(manifest_text, "plugin.json");
  detail::check_names(manifest, list);
  if (publisher.trust == PublisherClass::partner)
    detail::check_scope(manifest, TrustClass::partner);
  if (const auto problem = contract_problem(manifest.contract))
    throw refused("plugin.json", *problem);
}

// Throws for a plugin that could not run outside of the server, where a partner's plugin runs.
inline void check_hostable(const Manifest& manifest) {
  std::string needs;
  for (const char* permission : {"database", "blobs", "keys", "sessions"})
    if (manifest.permits(permission)) needs = std::string("asks for ") + permission;
  for (const char* interface : {"cinnabar.database/1", "cinnabar.blob-store/1",
                                "cinnabar.key-store/1", "cinnabar.domain/1"})
    if (manifest.provides_interface(interface)) needs = std::string("provides ") + interface;
  if (!needs.empty())
    throw refused("plugin.json", needs + ", so it would run inside the server, which a partner's "
                                         "plugin does only when plugins.in_process names it");
}

// Whether the folder is a version that `plugin install` put there: it runs once it is admitted.
inline bool is_package(const std::filesystem::path& folder,
                       const std::filesystem::path& data_folder) {
  return !data_folder.empty() && folder.parent_path().parent_path() == store_folder(data_folder);
}

}  // namespace cinnabar::package
