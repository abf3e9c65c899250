// ScriptCache: the script that an owner has activated, compiled. A version is immutable and found
// by its content hash; which one is active is asked for once an epoch, so that a request keeps the
// version it began with and a change holds from the next request on. Any thread.
#pragma once

#include "lua/sandbox.hpp"

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

class ScriptCache {
 public:
  using ReadHash = std::function<std::string()>;  // of the active version; empty: none
  using ReadSource = std::function<std::string(const std::string& hash)>;

  // The owner's script, or null when there is none.
  std::shared_ptr<const Script> active(const std::string& owner, std::int64_t epoch,
                                       const ReadHash& read_hash, const ReadSource& read_source);

 private:
  struct Active {
    std::int64_t epoch = -1;
    std::string hash;
  };
  // Two of each owner: requests that began before a change still run when others began after.
  struct Owner {
    Active newest, previous;
  };

  std::optional<std::string> remembered(const std::string& owner, std::int64_t epoch);
  void remember(const std::string& owner, std::int64_t epoch, const std::string& hash);

  std::mutex mutex_;
  std::map<std::string, Owner> owners_;
  std::map<std::string, std::shared_ptr<const Script>> scripts_;
};

}  // namespace cinnabar::hooks
