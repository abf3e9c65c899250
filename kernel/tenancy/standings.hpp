// Standings: those of all enterprises, as the kernel decides over them. One is read whole from the
// plugin that knows (cinnabar.standing/1) and kept until the enterprise's epoch moves, so that a
// change of roles holds from the next request on, on every node. Any thread.
#pragma once

#include "kernel/plugin/call_context.hpp"

#include <cinnabar/enterprise_standing.hpp>
#include <cinnabar/services/domain.hpp>

#include <functional>
#include <unordered_map>

namespace cinnabar::kernel {

class StandingCache {
 public:
  using Read = std::function<Standing(CallContext&, const std::string& enterprise)>;
  // Enterprises kept; beyond it the cache starts anew. One of 10,000 members takes 2 MB.
  static constexpr std::size_t kEnterprisesMax = 500;

  explicit StandingCache(Read read) : read_(std::move(read)) {}

  // As of the epoch that the request began with, or newer. An enterprise that is not there has no
  // members.
  std::shared_ptr<const EnterpriseStanding> get(CallContext& context,
                                                const std::string& enterprise) const;

 private:
  struct Entry {
    std::int64_t epoch;
    std::shared_ptr<const EnterpriseStanding> standing;
  };
  const Read read_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, Entry> entries_;
};

}  // namespace cinnabar::kernel
