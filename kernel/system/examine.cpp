#include "kernel/system/examine.hpp"

#include "kernel/event/chain.hpp"
#include "kernel/plugin/call_context.hpp"
#include "kernel/plugin/pinned_route.hpp"

namespace cinnabar::kernel {
namespace {

Check counted(Db& db, const std::string& name, const std::string& sql, const std::string& advice) {
  const std::int64_t count = db.query(sql).rows.at(0).at(0).integer();
  return {name, count == 0, count, count == 0 ? "none" : std::to_string(count) + ": " + advice};
}

Check chains(Db& db) {
  const auto faults = check_all_chains(db);
  Check check{"events.chains", faults.empty(), static_cast<std::int64_t>(faults.size()), "intact"};
  if (!faults.empty())
    check.detail = "the chain of " + faults.front().aggregate +
                   " does not follow: rows were changed outside; restore from a backup";
  return check;
}

Check plugins_check(const PluginHost& plugins) {
  Check check{"plugins.usable", true, 0, "all"};
  for (const PluginStatus& plugin : plugins.status()) {
    if (plugin.state != "quarantined") continue;
    check.ok = false;
    ++check.count;
    check.detail = plugin.id + ": " + plugin.reason;
  }
  return check;
}

// Plugins that run although something speaks against it.
Check doubtful(const PluginHost& plugins, const char* name, bool (*is)(const PluginStatus&),
               const char* advice) {
  Check check{name, true, 0, "none"};
  std::string ids;
  for (const PluginStatus& plugin : plugins.status()) {
    if (!plugin.manifest || plugin.manifest->folder.empty() || !is(plugin)) continue;
    ids += (ids.empty() ? "" : ", ") + plugin.id;
    ++check.count;
  }
  check.ok = ids.empty();
  if (!check.ok) check.detail = ids + ": " + advice;
  return check;
}

}  // namespace

Findings examine(Db& db, Blobs& blobs, PluginHost& plugins, const Clocks& clocks) {
  Findings findings;
  findings.checks.push_back(plugins_check(plugins));
  findings.checks.push_back(doubtful(
      plugins, "plugins.signed",
      [](const PluginStatus& plugin) { return plugin.trust.is(package::TrustClass::dev); },
      "not signed, and loaded since plugins.allow_dev is set, which is for development"));
  findings.checks.push_back(doubtful(
      plugins, "plugins.crashes", [](const PluginStatus& plugin) { return plugin.crashes; },
      "crashed the server twice within ten minutes; report it, then cinnabar plugin release it"));
  findings.checks.push_back(chains(db));
  findings.checks.push_back(counted(db, "jobs.stuck",
                                    "SELECT COUNT(*) FROM kernel_job WHERE state = 'dead'",
                                    "jobs gave up; their detail says why"));
  findings.checks.push_back(counted(db, "deliveries.stuck",
                                    "SELECT COUNT(*) FROM kernel_delivery WHERE state = 'dead'",
                                    "events were not delivered; their detail says why"));
  const std::int64_t missing = blobs.missing();
  findings.checks.push_back({"blobs.present", missing == 0, missing,
                             missing == 0 ? "all" : "content is missing; restore from a backup"});
  for (const Provider* provider : plugins.providers(interface_id<Doctor>())) {
    CallContext context(plugins, clocks, 0);
    const DoctorClient client(std::make_shared<PinnedRoute>(
        plugins, context.snapshot(""), context.call("", "doctor", "en"), provider->interface_id,
        provider->name));
    for (Check& check : client.examine({}).checks) findings.checks.push_back(std::move(check));
  }
  return findings;
}

}  // namespace cinnabar::kernel
