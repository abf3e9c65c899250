// ScriptCache: what an owner has chosen, and the scripts, compiled. A version is immutable and
// found by its content hash; what is active is asked for once an epoch, so that a request keeps the
// version it began with and a change holds from the next request on. Any thread.
#pragma once

#include "hook_scripts.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace cinnabar::hooks {

// Compiled scripts are some kilobytes; more of them than this are dropped and compiled again.
inline constexpr std::size_t kCachedScriptsMax = 256;
// Owners whose active version is remembered, those without a script included.
inline constexpr std::size_t kCachedOwnersMax = 10'000;

struct Script {
  std::string hash;
  std::string bytecode;
  std::vector<std::string> hooks;  // sorted; when `fault` is set, not known
  std::vector<std::string> warnings;
  std::optional<lua::Fault> fault;  // why it cannot be loaded
  bool handles(const std::string& point) const;
};

// Compiles and lists a script, without running any of its hooks.
Script load_script(const std::string& source);
// The first global that it reads, but neither it nor the library sets: mostly a misspelt name.
std::optional<lua::Fault> unknown_global(const Script& script);

class ScriptCache {
 public:
  using State = std::shared_ptr<const OwnerState>;
  using ReadState = std::function<OwnerState()>;
  using Load = std::function<Script(const std::string& hash)>;

  // What the owner had chosen at that epoch.
  State state(const std::string& owner, std::int64_t epoch, const ReadState& read_state);
  // The same, where it is remembered; else null.
  State known(const std::string& owner, std::int64_t epoch);
  // A version, or null when the hash is empty.
  std::shared_ptr<const Script> script(const std::string& hash, const Load& load);

 private:
  struct Active {
    std::int64_t epoch = -1;
    State state;
  };
  // Two of each owner: requests that began before a change still run when others began after.
  struct Owner {
    Active newest, previous;
  };

  State remembered(const std::string& owner, std::int64_t epoch);  // null: not remembered
  void remember(const std::string& owner, std::int64_t epoch, const State& state);

  std::mutex mutex_;
  std::map<std::string, Owner> owners_;
  std::map<std::string, std::shared_ptr<const Script>> scripts_;
};

}  // namespace cinnabar::hooks
