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

Domains::Domains(PluginHost& plugins, const Clocks& clocks, Blobs& blobs)
    : plugins_(plugins), clocks_(clocks), blobs_(blobs) {
  for (const Provider* provider : plugins.providers(interface_id<Domain>())) {
    CallContext context(plugins, clocks, 0);
    const PinnedRoute route(plugins, context.snapshot(""), context.call("", "start", "en"),
                            provider->interface_id, provider->name);
    entries_.push_back({provider, DomainClient(std::make_shared<PinnedRoute>(route)).describe({})});
  }
}

template <class Request>
void Domains::call(const Provider& provider, std::string_view method, const std::string& owner,
                   const std::string& trace, const Request& request,
                   const CommitWrites& commit) const {
  CallContext context(plugins_, clocks_, clocks_.real_ms() + kBackgroundDeadlineMs);
  const SettleBlobs settle(blobs_, context);
  const DomainClient client(std::make_shared<PinnedRoute>(plugins_, context.snapshot(owner),
                                                          context.call(owner, trace, "zh"),
                                                          provider.interface_id, provider.name));
  WriteSet writes = client.template call_method<WriteSet>(method, request);
  blobs_.publish(writes.blobs);
  commit(std::move(writes));
}

Subscriptions Domains::subscriptions() const {
  Subscriptions out;
  for (const Entry& entry : entries_) {
    if (entry.description.subscriptions.empty()) continue;
    const Provider* provider = entry.provider;
    Subscriber subscriber;
    subscriber.id = provider->manifest->id;
    subscriber.table_prefix = provider->manifest->table_prefix;
    subscriber.wants = [types = entry.description.subscriptions](const StoredEvent& event) {
      return subscribes(types, event.type);
    };
    if (entry.description.ordered)
      subscriber.deliver_all = [this, provider](const std::vector<StoredEvent>& events,
                                                const CommitWrites& commit) {
        call(*provider, "on_events", "", events.front().id, EventBatch{events}, commit);
      };
    subscriber.deliver = [this, provider](const StoredEvent& event, const CommitWrites& commit) {
      call(*provider, "on_event", event.owner, event.id, event, commit);
    };
    out.push_back(std::move(subscriber));
  }
  return out;
}

Runner Domains::runner() const {
  return [this](const std::string& plugin, const JobCall& job, const CommitWrites& commit) {
    for (const Entry& entry : entries_)
      if (entry.provider->manifest->id == plugin)
        return call(*entry.provider, "run_job", job.owner, job.id, job, commit);
    throw Error("job.plugin_missing", {{"plugin", plugin}}, {}, CINNABAR_UNAVAILABLE);
  };
}

HookPointSet Domains::hook_points() const {
  HookPointSet all{{}, Json::object()};
  for (const auto& [provider, description] : entries_) {
    for (const HookPointInfo& point : description.hook_points) all.points.push_back(point);
    for (const auto& [name, schema] : description.schemas.members())
      if (!all.schemas.contains(name)) all.schemas.set(name, schema);
  }
  std::sort(all.points.begin(), all.points.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

}  // namespace cinnabar::kernel
