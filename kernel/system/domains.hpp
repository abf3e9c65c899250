// Domains: how events and jobs reach the pieces of the business, as the generation of plugins of
// that moment has them. Stateless but for its parts; any thread.
#pragma once

#include "kernel/event/outbox.hpp"
#include "kernel/job/jobs.hpp"
#include "kernel/plugin/generation.hpp"
#include "kernel/tenancy/standings.hpp"

#include <cinnabar/services/kernel.hpp>

namespace cinnabar::kernel {

class Blobs;

// A delivery or a job that works longer than this is taken for hung and tried again later.
inline constexpr std::int64_t kBackgroundDeadlineMs = 60'000;

class Domains {
 public:
  // What is given outlives this.
  Domains(Registry& registry, const Clocks& clocks, Blobs& blobs)
      : registry_(registry), clocks_(clocks), blobs_(blobs) {}

  // One for each plugin of the generation that takes events. What it takes, and who takes it in,
  // is asked of the generation of the moment.
  Subscriptions subscriptions(const Generation& generation) const;
  Runner runner() const;

 private:
  // Calls a method of the plugin's domain on behalf of an owner, with a context of its own, and
  // commits what it gives back; the blobs that it put are durable before and settled after.
  template <class Request>
  void call(const std::string& plugin, std::string_view method, const std::string& owner,
            const std::string& trace, const Request& request, const CommitWrites& commit) const;

  Registry& registry_;
  const Clocks& clocks_;
  Blobs& blobs_;
};

// What the kernel asks for the standing of an enterprise's people.
StandingCache::Read standing_source(Registry& registry);

PermissionSet permissions(const Generation& generation);  // of all its domains
// Of all domains of a generation, and the schemas of their types.
HookPointSet hook_points(const Generation& generation);

}  // namespace cinnabar::kernel
