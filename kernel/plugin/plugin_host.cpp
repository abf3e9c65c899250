#include "kernel/plugin/plugin_host.hpp"

#include "kernel/db/committer.hpp"
#include "kernel/db/migrations.hpp"
#include "kernel/log/log.hpp"
#include "kernel/plugin/library.hpp"
#include "kernel/plugin/invoke.hpp"
#include "kernel/plugin/plugin_record.hpp"
#include "kernel/plugin/plugin_routes.hpp"
#include "kernel/plugin/process_instance.hpp"
#include "kernel/plugin/snapshots.hpp"

#include <cinnabar/nearest.hpp>
#include <cinnabar/package/crash_file.hpp>
#include <cinnabar/package/crash_marks.hpp>
#include <cinnabar/package/load_order.hpp>
#include <cinnabar/package/config_check.hpp>

#include <algorithm>

namespace cinnabar::kernel {
namespace {

constexpr std::string_view kDatabase = "cinnabar.database/1";
constexpr std::string_view kBlobStore = "cinnabar.blob-store/1";

}  // namespace

const std::vector<std::string>& kernel_interfaces() {
  static const std::vector<std::string> kInterfaces{"cinnabar.bindings/1", "cinnabar.events/1",
                                                    "cinnabar.hook-points/1", "cinnabar.domain/1"};
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
  for (const Provided& provided : manifest.provides) {
    const auto used = settings.storage.find(provided.interface);
    if (used != settings.storage.end() && used->second != provided.name)
      return "the configuration uses " + used->second + " instead";
  }
  return {};
}

class PluginHost::Impl {
 public:
  Impl(PluginSettings given, const Clocks& clocks, PluginHost& owner)
      : settings(std::move(given)),
        services{clocks, owner, settings.data_folder,
                 [&owner](std::string_view interface_id, std::string_view name) {
                   return owner.table(interface_id, name);
                 }} {}

  PluginRecord& add(Manifest manifest, package::Trust trust = {}) {
    auto& record = *records.emplace_back(std::make_unique<PluginRecord>());
    record.manifest = std::move(manifest);
    record.trust = std::move(trust);
    record.services = &services;
    make_host_table(record);
    return record;
  }

  void set_state(PluginRecord& record, PluginState state) {
    const std::lock_guard lock(mutex);
    record.state = state;
  }

  void quarantine(PluginRecord& record, const std::string& reason) {
    {
      const std::lock_guard lock(mutex);
      record.state = PluginState::quarantined;
      record.reason = reason;
    }
    log_error("plugin " + record.manifest.id + " is not used: " + reason,
              {{"plugin", record.manifest.id}});
  }

  std::vector<std::filesystem::path> places() const {
    if (!settings.places.empty()) return settings.places;
    auto found = plugin_places(settings.folders);
    if (settings.node_folder.empty()) return found;
    for (auto& place : package::admitted_places(settings.node_folder))
      found.push_back(std::move(place));
    return found;
  }

  void discover() {
    for (const auto& folder : places()) {
      try {
        auto [manifest, trust] = package::read_plugin(folder, settings.trust);
        judge(add(std::move(manifest), std::move(trust)));
      } catch (const Error& error) {
        const bool stored = package::is_package(folder, settings.node_folder);
        Manifest unread;
        unread.id = (stored ? folder.parent_path() : folder).filename().string();
        unread.folder = folder;
        quarantine(add(std::move(unread)), reason_of(error));
      }
    }
    // What a command prints is its answer.
    if (settings.only.empty() && settings.places.empty()) warn_of_dev();
  }

  // What others brought is not loaded either when the marks of crashes cannot be read.
  void judge(PluginRecord& record) {
    std::string problem;
    try {
      problem = crash_verdict(record);
    } catch (const Error& error) {
      problem = reason_of(error);
      if (record.trust.is(package::TrustClass::first_party)) {
        log_error("marks of crashes cannot be read", {{"detail", problem}});
        return;
      }
    }
    if (!problem.empty()) quarantine(record, problem);
  }

  void warn_of_dev() const {
    std::string ids;
    for (const auto& record : records)
      if (record->trust.is(package::TrustClass::dev) &&
          record->state != PluginState::quarantined)
        ids += (ids.empty() ? "" : ", ") + record->manifest.id;
    if (!ids.empty())
      log_warning("plugins that nobody signed are loaded, as plugins.allow_dev says: " + ids);
  }

  // Why a plugin that crashed the server again and again is not loaded; empty: it is. What came
  // with the installation is: the server without its storage or its contracts would only be broken
  // in another way.
  std::string crash_verdict(PluginRecord& record) const {
    const std::string& id = record.manifest.id;
    const std::string problem = package::crash_problem(settings.node_folder, id);
    record.crashes = !problem.empty() && record.trust.is(package::TrustClass::first_party);
    if (!record.crashes) return problem;
    log_error("plugin " + id + ": " + problem + "; the installation needs it, so it is used");
    return {};
  }

  // The records that may be loaded, in order.
  std::vector<PluginRecord*> admissible() {
    std::vector<const Manifest*> manifests;
    std::map<const Manifest*, PluginRecord*> by_manifest;
    for (const auto& record : records) {
      if (record->state == PluginState::quarantined) continue;
      if (!settings.only.empty() && !record->make) {
        if (!settings.only.contains(record->manifest.id)) continue;
        record->manifest.requires_.clear();
      }
      record->reason = left_aside(record->manifest, record->trust, settings);
      if (!record->reason.empty()) continue;
      if (const auto problem = contract_problem(record->manifest.contract)) {
        quarantine(*record, *problem);
        continue;
      }
      manifests.push_back(&record->manifest);
      by_manifest[&record->manifest] = record.get();
    }
    const LoadOrder result =
        load_order(manifests, settings.offline ? kernel_interfaces() : std::vector<std::string>{});
    for (const auto& refusal : result.refused)
      quarantine(*by_manifest[refusal.manifest], refusal.reason);
    std::vector<PluginRecord*> order;
    for (const Manifest* manifest : result.order) order.push_back(by_manifest[manifest]);
    return order;
  }

  // What the record requires and no usable plugin provides (any more); empty: nothing.
  std::string unmet(const PluginRecord& record) const {
    const auto& given = kernel_interfaces();
    for (const std::string& interface : record.manifest.requires_) {
      if (settings.offline && std::find(given.begin(), given.end(), interface) != given.end())
        continue;
      const bool met = std::any_of(records.begin(), records.end(), [&](const auto& other) {
        return other->usable() && other->manifest.provides_interface(interface);
      });
      if (!met) return "requires " + interface + ", whose plugin is not usable";
    }
    return {};
  }

  void create(PluginRecord& record) {
    const auto config = settings.configs.find(record.manifest.id);
    if (config != settings.configs.end()) {
      if (const auto problem = config_problem(record.manifest.config, config->second))
        throw Error("plugin.refused",
                    {{"reason", "its configuration is wrong at " + problem->pointer + ": it " +
                                    problem->reason}});
      record.config = to_json(config->second);
    }
    const bool partner = record.trust.is(package::TrustClass::partner);
    const bool process = (record.manifest.isolation == Isolation::process || partner) &&
                         !settings.in_process.contains(record.manifest.id) && settings.only.empty();
    if (process && partner) package::check_hostable(record.manifest);
    record.inside = !process;
    const package::InPlugin mark(record.inside ? record.manifest.id.c_str() : nullptr);
    if (process && settings.executable.empty())
      throw Error("plugin.refused",
                  {{"reason", "it wants a process of its own, and none can be started here"}});
    const bool program = !record.manifest.run.empty();
    if (program && !process)
      throw Error("plugin.refused",
                  {{"reason", "it is a program, which runs in a process of its own only"}});
    if (record.make) {
      record.instance = record.make(&record.host);
    } else {
      UniqueFd image = program ? UniqueFd() : verified_image(record.manifest, record.trust);
      set_state(record, PluginState::verified);
      if (process) {
        record.instance = make_process_instance(record, std::move(image), settings);
      } else {
        const cinnabar_plugin* table = load_image(record.manifest, std::move(image));
        set_state(record, PluginState::loaded);
        record.instance = std::make_unique<TableInstance>(table, &record.host);
      }
    }
    find_providers(record);
    set_state(record, PluginState::created);
  }

  static void find_providers(PluginRecord& record) {
    for (const Provided& provided : record.manifest.provides) {
      const void* table = record.instance->find(provided.interface);
      if (!table)
        throw Error("plugin.refused",
                    {{"reason", "its plugin.json says that it provides " + provided.interface +
                                    ", the library does not"}});
      auto& provider = *record.providers.emplace_back(std::make_unique<RecordedProvider>());
      provider.interface_id = provided.interface;
      provider.name = provided.name;
      provider.manifest = &record.manifest;
      provider.table = table;
      provider.scoped_to_enterprise = record.manifest.scope == Scope::enterprise;
      provider.record = &record;
    }
  }

  void start(PluginRecord& record) {
    if (record.state != PluginState::created) return;
    try {
      const std::string missing = unmet(record);
      if (!missing.empty()) throw Error("plugin.refused", {{"reason", missing}});
      const package::InPlugin mark(record.inside ? record.manifest.id.c_str() : nullptr);
      record.instance->start();
      set_state(record, PluginState::started);
    } catch (const Error& error) {
      quarantine(record, "it did not start: " + reason_of(error));
      publish();
    }
  }

  // Starts what the record requires, then the record.
  void start_with_requirements(PluginRecord& record) {
    for (PluginRecord* other : order)
      if (other != &record && other->state == PluginState::created)
        for (const std::string& interface : record.manifest.requires_)
          if (other->manifest.provides_interface(interface)) start_with_requirements(*other);
    start(record);
  }

  // Tells the snapshots which plugins there are.
  void publish() {
    std::vector<BindablePlugin> plugins;
    for (const auto& record : records) {
      if (!record->usable()) continue;
      auto& plugin = plugins.emplace_back();
      plugin.manifest = &record->manifest;
      plugin.opt_in = !record->trust.files.files.empty();
      for (const auto& provider : record->providers) plugin.providers.push_back(provider.get());
      const auto config = settings.configs.find(record->manifest.id);
      if (config != settings.configs.end()) plugin.config = config->second;
    }
    std::sort(plugins.begin(), plugins.end(),
              [](const auto& a, const auto& b) { return a.manifest->id < b.manifest->id; });
    snapshots.set_plugins(std::move(plugins));
  }

  PluginSettings settings;
  HostServices services;
  mutable std::mutex mutex;  // states and reasons
  std::vector<std::unique_ptr<PluginRecord>> records;
  std::vector<PluginRecord*> order;  // of creation
  std::map<std::string, const ErrorText*, std::less<>> errors;
  Snapshots snapshots;
};

PluginHost::PluginHost(PluginSettings settings, const Clocks& clocks)
    : impl_(std::make_unique<Impl>(std::move(settings), clocks, *this)) {
  add_kernel_plugins(*this);
}

PluginHost::~PluginHost() { stop(); }

void PluginHost::add_builtin(Manifest manifest, const cinnabar_plugin* table) {
  add_builtin(std::move(manifest), [table](const cinnabar_host* host) {
    return std::make_unique<TableInstance>(table, host);
  });
}

void PluginHost::add_builtin(Manifest manifest, MakeInstance make) {
  impl_->add(std::move(manifest), {package::TrustClass::first_party, {}, {}}).make =
      std::move(make);
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
    for (const auto& [code, text] : record->manifest.errors) impl_->errors.try_emplace(code, &text);
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
  if (!committer) return;
  std::map<std::string, std::string> prefixes;
  for (const PluginRecord* record : impl_->order)
    if (record->usable()) prefixes[record->manifest.id] = record->manifest.table_prefix;
  committer->table_prefixes(std::move(prefixes));
}

void PluginHost::start() {
  for (PluginRecord* record : impl_->order) impl_->start(*record);
}

void PluginHost::stop() {
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
    all.push_back({record->manifest.id, record->manifest.version,
                   std::string(name_of(record->state)), record->reason,
                   record->manifest.version.empty() ? nullptr : &record->manifest, record->trust,
                   record->crashes});
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return all;
}

bool PluginHost::is_package(const Manifest& manifest) const {
  return package::is_package(manifest.folder, impl_->settings.node_folder);
}

std::vector<PluginCounters> PluginHost::counters() const {
  std::vector<PluginCounters> all;
  for (const auto& record : impl_->records)
    if (record->calls > 0)
      all.push_back({record->manifest.id, record->calls, record->errors, record->time_us,
                     record->instance ? record->instance->cost() : ProcessCost{}});
  return all;
}

std::vector<MigrationSource> PluginHost::migrations() const {
  std::vector<MigrationSource> sources;
  for (const PluginRecord* record : impl_->order)
    if (record->usable() && !record->manifest.folder.empty())
      sources.push_back({record->manifest.id, record->manifest.folder / "migrations",
                         [record](const std::string& file, std::string_view text) {
                           record->trust.check(file, text);
                         }});
  return sources;
}

const Manifest* PluginHost::manifest(std::string_view plugin_id) const {
  for (const auto& record : impl_->records)
    if (record->manifest.id == plugin_id && record->usable()) return &record->manifest;
  return nullptr;
}

std::vector<const Manifest*> PluginHost::manifests() const {
  std::vector<const Manifest*> found;
  for (const auto& record : impl_->records)
    if (record->usable()) found.push_back(&record->manifest);
  std::sort(found.begin(), found.end(),
            [](const Manifest* a, const Manifest* b) { return a->id < b->id; });
  return found;
}

const ErrorText* PluginHost::error_text(std::string_view code) const {
  const auto found = impl_->errors.find(code);
  return found == impl_->errors.end() ? nullptr : found->second;
}

const void* PluginHost::table(std::string_view interface_id, std::string_view name) const {
  for (const Provider* provider : providers(interface_id))
    if (name.empty() || provider->name == name) return provider->table;
  return nullptr;
}

std::shared_ptr<const Snapshot> PluginHost::snapshot(std::string_view owner) {
  return impl_->snapshots.get(owner);
}

std::vector<const Provider*> PluginHost::providers() const {
  std::vector<const Provider*> found;
  for (const auto& record : impl_->records)
    if (record->usable())
      for (const auto& provider : record->providers) found.push_back(provider.get());
  std::stable_sort(found.begin(), found.end(), [](const Provider* a, const Provider* b) {
    return a->manifest->id < b->manifest->id;
  });
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
