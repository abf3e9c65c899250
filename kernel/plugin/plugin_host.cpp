#include "kernel/plugin/plugin_host.hpp"

#include "kernel/db/migrations.hpp"
#include "kernel/plugin/invoke.hpp"
#include "kernel/plugin/plugin_host_impl.hpp"
#include "kernel/plugin/plugin_routes.hpp"

#include <cinnabar/nearest.hpp>

namespace cinnabar::kernel {
const std::vector<std::string>& kernel_interfaces() {
  static const std::vector<std::string> kInterfaces{
      "cinnabar.bindings/1", "cinnabar.events/1", "cinnabar.hook-points/1",
      "cinnabar.permissions/1", "cinnabar.domain/1"};
  return kInterfaces;
}

bool is_table_interface(std::string_view interface_id) {
  return interface_id == kDatabase || interface_id == kBlobStore ||
         interface_id == "cinnabar.key-store/1";
}

std::string left_aside(const Manifest& manifest, const package::Trust& trust,
                       const PluginSettings& settings) {
  if (settings.disabled.contains(manifest.id)) return "disabled in the configuration";
  if (settings.safe_mode && !trust.is(package::TrustClass::first_party))
    return "safe mode: it did not come with the installation";
  if (manifest.posture == "sandbox" && !settings.demo)
    return "a sandbox: for demonstrations only (serve --demo)";
  for (const Provided& provided : manifest.provides) {
    const auto used = settings.storage.find(provided.interface);
    if (used != settings.storage.end() && used->second != provided.name)
      return "the configuration uses " + used->second + " instead";
  }
  return {};
}

PluginHost::PluginHost(PluginSettings settings, const Clocks& clocks)
    : impl_(std::make_unique<Impl>(std::move(settings), clocks, *this)) {
  add_kernel_plugins(*this);
}

PluginHost::~PluginHost() { stop(); }

void PluginHost::add_builtin(Manifest manifest, MakeInstance make) {
  impl_->add(std::move(manifest), {package::TrustClass::first_party, {}, {}}).make =
      std::move(make);
}

void PluginHost::make_routes_with(MakeRoutes make) { impl_->make_routes = std::move(make); }

void PluginHost::before_exchange(std::function<void(const Generation&)> check) {
  impl_->before_exchange = std::move(check);
}

void PluginHost::load() {
  impl_->discover();
  for (PluginRecord* record : impl_->admissible()) {
    try {
      const std::string missing = impl_->unmet(*record);
      if (!missing.empty()) throw Error("plugin.refused", {{"reason", missing}});
      impl_->create(*record);
      impl_->order.push_back(record);
    } catch (const Error& error) {
      impl_->quarantine(*record, reason_of(error));
    }
  }
  std::vector<std::string> ids;
  for (const auto& record : impl_->records) {
    ids.push_back(record->manifest.id);
    impl_->learn_errors(*record);
  }
  for (const auto& [id, config] : impl_->settings.configs)
    if (std::find(ids.begin(), ids.end(), id) == ids.end())
      log_warning("the configuration has settings of plugin " + id +
                  ", which is not installed; did you mean " + nearest(id, ids) + "?");
  impl_->publish();
}

void PluginHost::start_storage() {
  for (PluginRecord* record : impl_->order)
    if (record->manifest.provides_interface(kDatabase) ||
        record->manifest.provides_interface(kBlobStore))
      impl_->start_with_requirements(*record);
}

void PluginHost::attach(Db* db, Committer* committer, Blobs* blobs) {
  impl_->services.db = db;
  impl_->services.committer = committer;
  impl_->services.blobs = blobs;
  impl_->snapshots.attach(db);
  impl_->give_table_prefixes();
}

void PluginHost::start() {
  for (PluginRecord* record : impl_->order) impl_->start(*record);
  impl_->publish();
}

void PluginHost::stop() {
  const std::lock_guard exchanging(impl_->exchanging);
  for (const auto& record : impl_->records)
    if (record->aside) record->unused.release();
  if (impl_->ender.joinable()) impl_->ender.join();
  auto& order = impl_->order;
  for (auto at = order.rbegin(); at != order.rend(); ++at) {
    if ((*at)->state != PluginState::started) continue;
    impl_->set_state(**at, PluginState::draining);
    (*at)->instance->drain();
  }
  for (auto at = order.rbegin(); at != order.rend(); ++at) {
    (*at)->instance.reset();
    if ((*at)->state != PluginState::quarantined) impl_->set_state(**at, PluginState::stopped);
  }
  order.clear();
}

std::vector<PluginStatus> PluginHost::status() const {
  const std::lock_guard lock(impl_->mutex);
  std::vector<PluginStatus> all;
  for (const auto& record : impl_->records)
    if (!record->aside)
      all.push_back({record->manifest.id, record->manifest.version,
                     std::string(name_of(record->state)), record->reason,
                     record->manifest.version.empty() ? nullptr : &record->manifest,
                     record->trust, record->crashes});
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return all;
}

bool PluginHost::is_package(const Manifest& manifest) const {
  return package::is_package(manifest.folder, impl_->settings.node_folder);
}

std::vector<PluginCounters> PluginHost::counters() const {
  const std::lock_guard lock(impl_->mutex);
  std::map<std::string, PluginCounters> by_id;  // all versions together: a counter never falls
  for (const auto& record : impl_->records) {
    if (record->calls == 0) continue;
    PluginCounters& sum = by_id[record->manifest.id];
    sum.plugin = record->manifest.id;
    sum.calls += record->calls;
    sum.errors += record->errors;
    sum.time_us += record->time_us;
    const ProcessCost cost = record->instance ? record->instance->cost() : ProcessCost{};
    sum.process.resident_bytes += cost.resident_bytes;
    sum.process.failures += cost.failures + record->ended_failures;
  }
  std::vector<PluginCounters> all;
  for (auto& [id, sum] : by_id) all.push_back(std::move(sum));
  return all;
}

std::vector<MigrationSource> PluginHost::migrations() const {
  std::vector<MigrationSource> sources;
  for (const PluginRecord* record : impl_->order)
    if (record->usable() && !record->manifest.folder.empty())
      sources.push_back({record->manifest.id, record->manifest.folder / "migrations",
                         [record](const std::string& file, std::string_view text) {
                           record->trust.check(file, text);
                         },
                         is_package(record->manifest)});
  return sources;
}

const Manifest* PluginHost::manifest(std::string_view plugin_id) const {
  for (const BindablePlugin& plugin : generation()->plugins)
    if (plugin.manifest->id == plugin_id) return plugin.manifest;
  return nullptr;
}

std::vector<const Manifest*> PluginHost::manifests() const {
  std::vector<const Manifest*> found;
  for (const BindablePlugin& plugin : generation()->plugins) found.push_back(plugin.manifest);
  return found;
}

const ErrorText* PluginHost::error_text(std::string_view code) const {
  const std::lock_guard lock(impl_->mutex);
  const auto found = impl_->errors.find(code);
  return found == impl_->errors.end() ? nullptr : found->second;
}

const void* PluginHost::table(std::string_view interface_id, std::string_view name) const {
  for (const Provider* provider : providers(interface_id))
    if (name.empty() || provider->name == name) return provider->table;
  return nullptr;
}

std::shared_ptr<const Generation> PluginHost::generation() const {
  return impl_->snapshots.generation();
}

std::shared_ptr<const Snapshot> PluginHost::snapshot(std::string_view owner,
                                                     const std::shared_ptr<const Generation>& of) {
  return impl_->snapshots.get(owner, of);
}

std::vector<const Provider*> PluginHost::providers() const {
  std::vector<const Provider*> found;
  for (const BindablePlugin& plugin : generation()->plugins)
    found.insert(found.end(), plugin.providers.begin(), plugin.providers.end());
  return found;
}

std::vector<const Provider*> PluginHost::providers(std::string_view interface_id) const {
  std::vector<const Provider*> found = providers();
  std::erase_if(found, [&](const Provider* p) { return p->interface_id != interface_id; });
  return found;
}

cinnabar_status PluginHost::invoke(const Snapshot& snapshot, const cinnabar_call& call,
                                   std::string_view interface_id, std::string_view name,
                                   std::string_view method, const cinnabar_message& request,
                                   const cinnabar_reply* reply) {
  return invoke_bound(impl_->services.clocks, snapshot, call, {interface_id, name, method}, request,
                      reply);
}

}  // namespace cinnabar::kernel
