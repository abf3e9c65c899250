// RemoteRuns: loads scripts and runs hooks by cinnabar.hook-runtime/1, in processes that can be
// killed. An owner has a few at once, so that scripts that never end take no more of the pool than
// that; more wait their turn. Owned by the runner; any thread.
#pragma once

#include "script_cache.hpp"

#include <cinnabar/host.hpp>

#include <condition_variable>
#include <map>
#include <mutex>

namespace cinnabar::hooks {

// Of one lane at once on a node.
inline constexpr int kRemoteRunsMax = 2;
// Each that waits holds a request's thread; of the sixteen that there are by default, one owner may
// hold half.
inline constexpr int kRemoteWaitingMax = 6;

class RemoteRuns {
 public:
  explicit RemoteRuns(const Host& host) : host_(host) {}

  // As load_script does. What the process broke on is the script's fault.
  Script load(const std::string& source) const;

  // Nothing: as many of the lane wait as may, or none had ended in time. What the process broke on
  // is a fault that is told: worker.timeout, worker.memory, worker.crashed and the like.
  struct Answer {
    lua::Result result;
    std::string failure;  // the code, when no answer came; "runtime": one that is no decision
  };
  // `lane`: whose places it takes, an owner's or those of what the owner only tries out.
  std::optional<Answer> run(const std::string& lane, const std::string& owner,
                            const std::string& bytecode, const lua::Input& input,
                            const lua::Limits& limits, std::int64_t patience_ms);

 private:
  struct Seats {
    int running = 0;
    int waiting = 0;
  };

  // Takes one of the lane's places; what is left of the patience, or nothing: there was none.
  std::optional<std::int64_t> enter(const std::string& lane, std::int64_t patience_ms);
  void leave(const std::string& lane);

  const Host& host_;
  std::mutex mutex_;
  std::condition_variable left_;
  std::map<std::string, Seats> seats_;  // by lane
};

}  // namespace cinnabar::hooks
