// An enterprise's scripts in the database: versions by content hash, which are only ever added;
// which of them is active, which one runs beside it as a shadow, and the settings. Writing goes
// into a write-set. Functions over a host; any thread.
#pragma once

#include "settings.hpp"

#include <cinnabar/host.hpp>

#include <optional>

namespace cinnabar::hooks {

struct StoredScript {
  std::string hash;
  std::string source;
  std::string author;
  Time at;
  std::string comment{};
  std::string fixtures{};  // JSON
};

// Runs beside the active version and decides nothing.
struct Shadow {
  std::string hash;  // empty: none
  std::vector<std::string> points{};  // empty: all
  Time since{};
};

// What an owner chose, as a request finds it.
struct OwnerState {
  std::string active{};  // hash; empty: none
  Shadow shadow{};
  HookSettings settings{};
};

struct Activation {
  std::string hash;
  std::string previous;
  std::string actor;
  Time at;
};
CINNABAR_DESCRIBE(Activation, (hash, doc("Empty: none was active from then on.")), previous, actor,
                  at)

OwnerState stored_state(const Host& host, const Call& call, const std::string& owner);
// Of the active version; empty: none.
std::string active_hash(const Host& host, const Call& call, const std::string& owner);
std::optional<StoredScript> find_script(const Host& host, const Call& call,
                                        const std::string& owner, const std::string& hash);
// Throws Error "hook.version_not_found".
StoredScript stored_script(const Host& host, const Call& call, const std::string& owner,
                           const std::string& hash);
// The newest first, without sources and fixtures; the last hundred.
std::vector<StoredScript> stored_versions(const Host& host, const Call& call,
                                          const std::string& owner);
// The newest first; the last hundred.
std::vector<Activation> activations(const Host& host, const Call& call, const std::string& owner);

// Adds a version. A conflict when somebody was faster.
void add_version(const std::string& owner, const StoredScript& script, WriteSet& writes);
// Keeps the script's fixtures instead of `before`, and says so in an event. A conflict when
// somebody was faster.
void set_fixtures(const std::string& owner, const StoredScript& script, const std::string& before,
                  const std::string& actor, WriteSet& writes);
// Activates a version, or none, and says so in an event. A conflict when somebody was faster.
void set_active(const Host& host, const Call& call, const std::string& owner,
                const std::string& hash, const std::string& actor, WriteSet& writes);
// An empty hash ends the shadow.
void set_shadow(const std::string& owner, const Shadow& shadow, const std::string& actor,
                WriteSet& writes);
void set_settings(const std::string& owner, const HookSettings& settings, const std::string& actor,
                  WriteSet& writes);

}  // namespace cinnabar::hooks
