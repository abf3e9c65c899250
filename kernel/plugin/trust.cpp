#include "kernel/plugin/trust.hpp"

#include <cinnabar/package/folder.hpp>

namespace cinnabar::kernel {
namespace {

using package::TrustClass;

// What came with the executable is as safe from others as the executable is.
void check_own(const std::filesystem::path& path) {
  struct stat executable {}, info {};
  if (::lstat(path.c_str(), &info) != 0 || ::stat("/proc/self/exe", &executable) != 0)
    throw package::refused(path.string(), std::string("cannot be read: ") + std::strerror(errno));
  if (S_ISLNK(info.st_mode))
    throw package::refused(path.string(), "is a symbolic link among the installation's plugins");
  if ((info.st_uid != 0 && info.st_uid != executable.st_uid) || (info.st_mode & S_IWOTH) != 0)
    throw package::refused(path.string(),
                           "can be changed by others than the owner of the executable beside it");
}

bool is_own(const std::filesystem::path& folder, const TrustRules& rules) {
  return folder.filename().string().starts_with(package::kOwnIds) &&
         std::find(rules.own_folders.begin(), rules.own_folders.end(), folder.parent_path()) !=
             rules.own_folders.end();
}

}  // namespace

void Trust::check(const std::string& path, std::string_view content) const {
  if (files.files.empty()) return;
  const package::ListedFile* file = files.find(path);
  if (!file) throw package::refused(path, "is not listed in SIGNATURE.json");
  package::check_content(*file, content);
}

Trust trust_of(const std::filesystem::path& folder, const TrustRules& rules) {
  if (is_own(folder, rules)) {
    for (const auto& path : {folder.parent_path(), folder, folder / "plugin.json"}) check_own(path);
    if (std::filesystem::exists(folder / "plugin.so")) check_own(folder / "plugin.so");
    return {TrustClass::first_party, {}, {}};
  }
  auto signature = package::folder_signature(folder);
  if (!signature) {
    if (rules.allow_dev) return {};
    throw package::refused(folder.string(),
                           "is not signed. Sign it with cinnabar plugin pack --sign, or set "
                           "plugins.allow_dev on a machine for development");
  }
  const package::Publisher& publisher = publisher_of(signature->package, rules.publishers);
  package::check_folder(folder, signature->package);
  const bool partner = publisher.trust == package::PublisherClass::partner;
  return {partner ? TrustClass::partner : TrustClass::private_, publisher.name,
          std::move(signature->package)};
}

Manifest read_trusted_manifest(const std::filesystem::path& folder, const Trust& trust) {
  const auto read = [&](const char* name) {
    const auto text = read_small_file(folder / name);
    if (!text) throw package::refused(name, "is missing");
    trust.check(name, *text);
    return *text;
  };
  const auto shown = [&](const char* name) { return (folder / name).string(); };
  Manifest manifest = trust.files.files.empty()
                          ? read_manifest(folder)
                          : parse_manifest(read("plugin.json"), shown("plugin.json"));
  manifest.folder = folder;
  if (trust.is(TrustClass::first_party) && manifest.id != folder.filename().string())
    throw package::refused(folder.string(), "is the folder of another plugin than " + manifest.id);
  if (trust.files.files.empty()) return manifest;
  if (trust.files.find("errors.json"))
    manifest.errors = parse_errors(read("errors.json"), shown("errors.json"));
  if (manifest.id != trust.files.plugin || manifest.version != trust.files.version)
    throw package::refused("plugin.json",
                           "says " + manifest.id + " " + manifest.version + ", signed was " +
                               trust.files.plugin + " " + trust.files.version);
  return manifest;
}

}  // namespace cinnabar::kernel
