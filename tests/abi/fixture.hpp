// A plugin host over the fixtures, and calls into it, for the tests of the door. One thread.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/plugin/call_context.hpp"
#include "kernel/plugin/plugin_host.hpp"
#include "probe/probe.hpp"

#include <cinnabar/testing/folder.hpp>

#include <filesystem>
#include <fstream>

namespace cinnabar::kernel {

inline PluginSettings fixture_settings() {
  PluginSettings settings;
  settings.folders = {FIXTURES};
  // Of guests, those that compute are put behind everybody else: then a test waits for the others.
  settings.own_folders = {FIXTURES};
  settings.trust.allow_dev = true;
  settings.executable = PLUGIN_HOST;
  settings.workers_max = 2;
  settings.worker_memory_mb = 128;
  settings.worker_deadline_s = 10;
  return settings;
}

inline std::string reason_for(const PluginHost& host, const std::string& id) {
  for (const PluginStatus& status : host.status())
    if (status.id == id) return status.state + ": " + status.reason;
  return "not found";
}

// A client of the probe through the registry, as the given owner.
class ProbeCaller final : public ServiceRoute {
 public:
  ProbeCaller(PluginHost& host, const Clocks& clocks, std::string owner = {},
              std::int64_t deadline_ms = 0)
      : host_(host), context_(host, clocks, deadline_ms), owner_(std::move(owner)) {}
  cinnabar_status invoke(std::string_view method, const cinnabar_message& request,
                         const cinnabar_reply* reply) const override {
    const cinnabar_call call = context_.call(owner_, "test", "en");
    return host_.invoke(*context_.snapshot(owner_), call, "test.probe/1", "", method, request,
                        reply);
  }

 private:
  PluginHost& host_;
  mutable CallContext context_;
  std::string owner_;
};

}  // namespace cinnabar::kernel
