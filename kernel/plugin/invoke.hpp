// One service call through a snapshot: finds the binding, gives the callee its configuration, keeps
// the deadline and the limits on depth and number, counts what it cost. Any thread.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/plugin/registry.hpp"

namespace cinnabar::kernel {

struct ServiceTarget {
  std::string_view interface_id;
  std::string_view name;  // empty: the first one bound
  std::string_view method;
};

// The snapshot's providers must be those of a plugin host.
cinnabar_status invoke_bound(const Clocks& clocks, const Snapshot& snapshot,
                             const cinnabar_call& call, const ServiceTarget& target,
                             const cinnabar_message& request, const cinnabar_reply* reply);

}  // namespace cinnabar::kernel
