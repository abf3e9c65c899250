#include "kernel/system/domains.hpp"

#include "kernel/blob/blobs.hpp"
#include "kernel/plugin/call_context.hpp"
#include "kernel/plugin/pinned_route.hpp"

#include <algorithm>

namespace cinnabar::kernel {
namespace {

bool subscribes(const std::vector<std::string>& types, std::string_view type) {
  for (const std::string& wanted : types)
    if (wanted == type || (wanted.ends_with('*') &&
                           type.starts_with(std::string_view(wanted).substr(0, wanted.size() - 1))))
      return true;
  return false;
}

// Gives back the blobs that a call put, however it ended.
class SettleBlobs {
 public:
  SettleBlobs(Blobs& blobs, CallContext& context) : blobs_(blobs), context_(context) {}
  ~SettleBlobs() { blobs_.settle(context_.take_blobs()); }
  SettleBlobs(const SettleBlobs&) = delete;
  SettleBlobs& operator=(const SettleBlobs&) = delete;

 private:
  Blobs& blobs_;
  CallContext& context_;
};

}  // namespace

template <class Request>
void Domains::call(const std::string& plugin, std::string_view method, const std::string& owner,
                   const std::string& trace, const Request& request,
                   const CommitWrites& commit) const {
  CallContext context(registry_, clocks_, clocks_.real_ms() + kBackgroundDeadlineMs);
  const DescribedDomain* domain = context.generation()->domain_of(plugin);
  if (!domain) throw Error("job.plugin_missing", {{"plugin", plugin}}, {}, CINNABAR_UNAVAILABLE);
  const SettleBlobs settle(blobs_, context);
  const DomainClient client(std::make_shared<PinnedRoute>(
      registry_, context.snapshot(owner), context.call(owner, trace, "zh"),
      domain->provider->interface_id, domain->provider->name));
  WriteSet writes = client.template call_method<WriteSet>(method, request);
  blobs_.publish(writes.blobs);
  commit(std::move(writes));
}

Subscriptions Domains::subscriptions(const Generation& generation) const {
  Subscriptions out;
  for (const auto& [provider, description] : generation.domains) {
    if (description.subscriptions.empty()) continue;
    Subscriber subscriber;
    const std::string id = subscriber.id = provider->manifest->id;
    subscriber.table_prefix = provider->manifest->table_prefix;
    subscriber.wants = [this, id](const StoredEvent& event) {
      const auto now = registry_.generation();
      const DescribedDomain* domain = now->domain_of(id);
      return domain && subscribes(domain->description.subscriptions, event.type);
    };
    if (description.ordered)
      subscriber.deliver_all = [this, id](const std::vector<StoredEvent>& events,
                                          const CommitWrites& commit) {
        call(id, "on_events", "", events.front().id, EventBatch{events}, commit);
      };
    subscriber.deliver = [this, id](const StoredEvent& event, const CommitWrites& commit) {
      call(id, "on_event", event.owner, event.id, event, commit);
    };
    out.push_back(std::move(subscriber));
  }
  return out;
}

Runner Domains::runner() const {
  return [this](const std::string& plugin, const JobCall& job, const CommitWrites& commit) {
    call(plugin, "run_job", job.owner, job.id, job, commit);
  };
}

PermissionSet permissions(const Generation& generation) {
  PermissionSet all;
  for (const auto& [provider, description] : generation.domains)
    for (const PermissionInfo& one : description.permissions) all.permissions.push_back(one);
  std::sort(all.permissions.begin(), all.permissions.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

StandingCache::Read standing_source(Registry& registry) {
  return [&registry](CallContext& context, const std::string& enterprise) {
    const Client<Standings> standings(std::make_shared<PinnedRoute>(
        registry, context.snapshot(enterprise), context.call(enterprise, "", "en"),
        std::string(interface_id<Standings>()), ""));
    return standings.standing({enterprise});
  };
}

HookPointSet hook_points(const Generation& generation) {
  HookPointSet all{{}, Json::object()};
  for (const auto& [provider, description] : generation.domains) {
    for (const HookPointInfo& point : description.hook_points) all.points.push_back(point);
    for (const auto& [name, schema] : description.schemas.members())
      if (!all.schemas.contains(name)) all.schemas.set(name, schema);
  }
  std::sort(all.points.begin(), all.points.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

}  // namespace cinnabar::kernel
