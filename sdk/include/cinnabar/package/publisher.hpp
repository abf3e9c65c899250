// Whom an installation lets bring code, and how far it trusts them. The operator writes it into the
// configuration: a package cannot say it of itself. Values; any thread.
#pragma once

#include <cinnabar/package/signature.hpp>

namespace cinnabar::package {

// Where a plugin comes from.
//   first_party  with the installation itself
//   partner      signed by somebody else: it runs in a process of its own
//   private      signed by the operator: it runs where its manifest says
//   dev          not signed
enum class TrustClass { first_party, partner, private_, dev };
CINNABAR_ENUM(TrustClass, first_party, partner, private_, dev)

enum class PublisherClass { partner, private_ };
CINNABAR_ENUM(PublisherClass, partner, private_)

struct Publisher {
  std::string name;
  std::string key;  // as `cinnabar plugin key new` prints it
  PublisherClass trust = PublisherClass::partner;
  std::vector<std::string> ids;
};
CINNABAR_DESCRIBE(Publisher, (name, required, length(1, 200)), (key, required, length(64, 64)),
                  trust, (ids, doc("Beginnings of its ids, as com.example; none: any.")))

// Ids that begin so are the product's own.
inline constexpr std::string_view kOwnIds = "cinnabar.";

// "com.example" is the beginning of "com.example.pin", not of "com.examples".
inline bool begins_with_id(std::string_view id, std::string_view prefix) {
  if (prefix.ends_with('.')) prefix.remove_suffix(1);
  return id.starts_with(prefix) && (id.size() == prefix.size() || id[prefix.size()] == '.');
}

// Whose key signed the list. Throws Error "package.refused" if the key is nobody's, or may not
// sign plugins of this id. Whether the signature holds was asked before.
inline const Publisher& publisher_of(const FileList& list,
                                     const std::vector<Publisher>& publishers) {
  const auto found =
      std::find_if(publishers.begin(), publishers.end(),
                   [&](const Publisher& publisher) { return publisher.key == list.key; });
  if (found == publishers.end())
    throw refused(std::string(kSignatureFile),
                  "is signed with the key " + list.key +
                      ", which belongs to none of plugins.publishers in the configuration");
  const bool may = std::any_of(
      found->ids.begin(), found->ids.end(),
      [&](const std::string& prefix) { return begins_with_id(list.plugin, prefix); });
  if (list.plugin.starts_with(kOwnIds) || (!may && !found->ids.empty()))
    throw refused(std::string(kSignatureFile),
                  "is signed by " + found->name + ", who may not bring " + list.plugin);
  return *found;
}

}  // namespace cinnabar::package
