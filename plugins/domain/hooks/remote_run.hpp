// RemoteRuns: loads scripts and runs hooks by cinnabar.hook-runtime/1, in processes that can be
// killed. An owner has a few at once, so that scripts that never end take no more of the pool than
// that. Owned by the runner; any thread.
#pragma once

#include "script_cache.hpp"

#include <cinnabar/host.hpp>

#include <map>
#include <mutex>

namespace cinnabar::hooks {

// Of one owner at once on a node.
inline constexpr int kRemoteRunsMax = 2;

class RemoteRuns {
 public:
  explicit RemoteRuns(const Host& host) : host_(host) {}

  // As load_script does. What the process broke on is the script's fault.
  Script load(const std::string& source) const;

  // Nothing: the owner has as many as it may. What the process broke on is a fault that is told:
  // worker.timeout, worker.memory, worker.crashed and the like.
  struct Answer {
    lua::Result result;
    std::string failure;  // the code, when no answer came; "runtime": one that is no decision
  };
  std::optional<Answer> run(const std::string& owner, const std::string& bytecode,
                            const lua::Input& input, const lua::Limits& limits,
                            std::int64_t patience_ms);

 private:
  const Host& host_;
  std::mutex mutex_;
  std::map<std::string, int> running_;
};

}  // namespace cinnabar::hooks
