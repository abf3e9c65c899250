// Domains: the pieces of the business that are loaded, and how their events and jobs reach them.
// Built after the plugins started, immutable; any thread.
#pragma once

#include "kernel/event/outbox.hpp"
#include "kernel/job/jobs.hpp"
#include "kernel/plugin/plugin_host.hpp"

#include <cinnabar/services/kernel.hpp>

namespace cinnabar::kernel {

// A delivery or a job that works longer than this is taken for hung and tried again later.
inline constexpr std::int64_t kBackgroundDeadlineMs = 60'000;

class Domains {
 public:
  // Asks every provider of cinnabar.domain/1 to describe itself. What is given outlives this.
  Domains(PluginHost& plugins, const Clocks& clocks, Blobs& blobs);

  Subscriptions subscriptions() const;
  Runner runner() const;
  // Of all domains, and the schemas of their types.
  HookPointSet hook_points() const;

 private:
  struct Entry {
    const Provider* provider;
    DomainDescription description;
  };
  // Calls a method of the domain on behalf of an owner, with a context of its own, and commits
  // what it gives back; the blobs that it put are durable before and settled after.
  template <class Request>
  void call(const Provider& provider, std::string_view method, const std::string& owner,
            const std::string& trace, const Request& request, const CommitWrites& commit) const;

  PluginHost& plugins_;
  const Clocks& clocks_;
  Blobs& blobs_;
  std::vector<Entry> entries_;
};

}  // namespace cinnabar::kernel
