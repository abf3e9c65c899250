// Trust: where a plugin comes from, found out before any of its code runs. It came with the
// installation, a publisher whom the configuration names signed its files, or nobody did. What was
// signed is held against the bytes again as they are used. Reads files; any thread.
#pragma once

#include <cinnabar/package/manifest.hpp>

#include <cinnabar/package/publisher.hpp>

namespace cinnabar::kernel {

struct TrustRules {
  // The folders beside the executable: what lies there came with it, by the same hands.
  std::vector<std::filesystem::path> own_folders;
  std::vector<package::Publisher> publishers;
  bool allow_dev = false;  // what nobody signed is loaded too
};

struct Trust {
  package::TrustClass trust = package::TrustClass::dev;
  std::string publisher;    // its name in the configuration
  package::FileList files;  // that were signed; none for what needs no signature

  bool is(package::TrustClass one) const { return trust == one; }
  // Throws Error "package.refused" unless these bytes of a file are those that were signed, or
  // none need be.
  void check(const std::string& path, std::string_view content) const;
};

// Throws Error "package.refused" for a folder whose plugin may not be loaded.
Trust trust_of(const std::filesystem::path& folder, const TrustRules& rules);

// The manifest and the error texts from the bytes that were signed. Throws Error
// "plugin.manifest_invalid", "package.refused".
Manifest read_trusted_manifest(const std::filesystem::path& folder, const Trust& trust);

}  // namespace cinnabar::kernel
