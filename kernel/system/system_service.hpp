// SystemService: what the kernel itself offers besides plugins: event chains, hook points and
// permissions as services, and the routes of the movable clock. Built in; any thread.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/db/db.hpp"

#include <cinnabar/domain_plugin.hpp>
#include <cinnabar/package/manifest.hpp>
#include <cinnabar/services/kernel.hpp>

#include <functional>

namespace cinnabar::kernel {

struct ClockView {
  Time business;
  Time real;
  bool movable = false;
};
CINNABAR_DESCRIBE(ClockView, business, real, movable)

struct AdvanceClock {
  std::int64_t seconds = 0;
};
CINNABAR_DESCRIBE(AdvanceClock, (seconds, required, range(1, 366.0 * 86'400),
                                 doc("How far to move the business clock on.")))

// What the service is given by the composition root; all outlive it.
struct SystemParts {
  std::function<Db&()> db;                    // there once the storage has started
  std::function<HookPointSet()> hook_points;  // of all domains, once the plugins have started
  std::function<PermissionSet()> permissions;  // likewise
  SystemClocks& clocks;
  bool demo = false;            // the clock may be moved
  std::function<void()> moved;  // after the clock was moved
};

class SystemService final : public DomainPlugin,
                            public Events,
                            public HookPoints,
                            public Permissions {
 public:
  using Interfaces = Provides<Domain, Events, HookPoints, Permissions>;

  SystemService(Host& host, SystemParts parts);
  Chain chain(const ChainRequest& request, const Call& call) override;
  HookPointSet list(const HookPointsRequest& request, const Call& call) override;
  PermissionSet list(const PermissionsRequest& request, const Call& call) override;
  static Manifest manifest();

 private:
  Answer<ClockView> clock(const Request& request);
  Answer<ClockView> advance(const AdvanceClock& in, const Request& request);

  SystemParts parts_;
};

}  // namespace cinnabar::kernel
