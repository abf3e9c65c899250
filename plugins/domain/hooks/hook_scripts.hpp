// An enterprise's scripts in the database: versions by content hash, which are only ever added, and
// which of them is active. Writing goes into a write-set. Functions over a host; any thread.
#pragma once

#include <cinnabar/host.hpp>

namespace cinnabar::hooks {

struct StoredScript {
  std::string hash;
  std::string source;
  std::string author;
  Time at;
};

// Of the active version; empty: none.
std::string active_hash(const Host& host, const Call& call, const std::string& owner);
// Throws Error "hook.version_not_found".
StoredScript stored_script(const Host& host, const Call& call, const std::string& owner,
                           const std::string& hash);
// The newest first, without their sources; the last hundred.
std::vector<StoredScript> stored_versions(const Host& host, const Call& call,
                                          const std::string& owner);

// Adds the version unless it is there.
void add_version(const Host& host, const Call& call, const std::string& owner,
                 const StoredScript& script, WriteSet& writes);
// Makes the version the active one, or none with an empty hash; tells the events, and names
// the owner as changed so that every node takes it from the next request on.
void set_active(const Host& host, const Call& call, const std::string& owner,
                const std::string& hash, const std::string& actor, WriteSet& writes);

}  // namespace cinnabar::hooks
