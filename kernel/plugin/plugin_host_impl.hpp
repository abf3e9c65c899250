// PluginHost::Impl: the records of the plugins, how they come to life, and the generation made of
// those that stand. Inside the plugin host only; see plugin_host.hpp for its threads.
#pragma once

#include "kernel/db/committer.hpp"
#include "kernel/log/log.hpp"
#include "kernel/plugin/library.hpp"
#include "kernel/plugin/plugin_host.hpp"
#include "kernel/plugin/plugin_record.hpp"
#include "kernel/plugin/process_instance.hpp"
#include "kernel/plugin/snapshots.hpp"

#include <cinnabar/package/config_check.hpp>
#include <cinnabar/package/crash_file.hpp>
#include <cinnabar/package/crash_marks.hpp>
#include <cinnabar/package/load_order.hpp>

#include <algorithm>

namespace cinnabar::kernel {

inline constexpr std::string_view kDatabase = "cinnabar.database/1";
inline constexpr std::string_view kBlobStore = "cinnabar.blob-store/1";

class PluginHost::Impl {
 public:
  Impl(PluginSettings given, const Clocks& clocks, PluginHost& owner)
      : settings(std::move(given)),
        services{clocks, owner, settings.data_folder,
                 [&owner](std::string_view interface_id, std::string_view name) {
                   return owner.table(interface_id, name);
                 }} {}

  PluginRecord& add(Manifest manifest, package::Trust trust = {}, bool aside = false) {
    auto fresh = std::make_unique<PluginRecord>();
    PluginRecord& record = *fresh;
    record.aside = aside;
    record.manifest = std::move(manifest);
    record.trust = std::move(trust);
    record.services = &services;
    make_host_table(record);
    const std::lock_guard lock(mutex);
    records.push_back(std::move(fresh));
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
    record.use = std::shared_ptr<const void>(
        &record, [&record](const void*) { record.unused.release(); });
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
      describe(record);
      set_state(record, PluginState::started);
    } catch (const Error& error) {
      quarantine(record, "it did not start: " + reason_of(error));
      publish();
    }
  }

  // Asked of the plugin itself: a domain that is switched off may be switched on later.
  void describe(PluginRecord& record) {
    if (!make_routes) return;
    for (const auto& provider : record.providers) {
      if (provider->interface_id != interface_id<Domain>()) continue;
      const auto* table = static_cast<const cinnabar_service*>(provider->table);
      const OwnCall call;
      const cinnabar_message message{sizeof message, bytes_of("{}"), nullptr, 0};
      ReplyBuffer reply;
      const cinnabar_status status = table->invoke(table->self, call.call().raw(),
                                                   bytes_of("describe"), &message, reply.raw());
      if (status != CINNABAR_OK) throw_status(status, reply.json());
      record.domain = DescribedDomain{
          provider.get(),
          from_json<DomainDescription>(reply.json(), Reading::lenient, &reply.spans())};
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

  // Those that stand, `with` in the place of `without`, which may both be null.
  std::shared_ptr<const Generation> assemble(const PluginRecord* without = nullptr,
                                             const PluginRecord* with = nullptr) const {
    std::vector<const PluginRecord*> all;
    for (const auto& record : records)
      if (record->usable() && record.get() != without) all.push_back(record.get());
    if (with) all.push_back(with);
    std::sort(all.begin(), all.end(),
              [](auto* a, auto* b) { return a->manifest.id < b->manifest.id; });
    auto generation = std::make_shared<Generation>();
    generation->number = snapshots.generation()->number + (with ? 1 : 0);
    for (const PluginRecord* record : all) {
      auto& plugin = generation->plugins.emplace_back();
      plugin.manifest = &record->manifest;
      plugin.opt_in = !record->trust.files.files.empty();
      for (const auto& provider : record->providers) plugin.providers.push_back(provider.get());
      const auto config = settings.configs.find(record->manifest.id);
      if (config != settings.configs.end()) plugin.config = config->second;
      if (record->domain) generation->domains.push_back(*record->domain);
      generation->uses.push_back(record->use);
    }
    if (make_routes) generation->routes = make_routes(generation->domains);
    return generation;
  }
  void publish() { snapshots.set(assemble()); }

  void learn_errors(const PluginRecord& record) {
    const std::lock_guard lock(mutex);
    for (const auto& [code, text] : record.manifest.errors) errors.insert_or_assign(code, &text);
  }

  void give_table_prefixes() {
    if (!services.committer) return;
    std::map<std::string, std::string> prefixes;
    for (const auto& record : records)
      if (record->usable()) prefixes[record->manifest.id] = record->manifest.table_prefix;
    services.committer->table_prefixes(std::move(prefixes));
  }

  // Ends an instance that nobody holds, whether it got as far as to start or not.
  void end(PluginRecord& record) {
    std::unique_ptr<PluginInstance> instance;
    const bool started = record.state == PluginState::started;
    {
      const std::lock_guard lock(mutex);
      if (!record.instance) return;
      record.state = PluginState::draining;
      record.ended_failures = record.instance->cost().failures;
      instance = std::move(record.instance);
    }
    const package::InPlugin mark(record.inside ? record.manifest.id.c_str() : nullptr);
    if (started) instance->drain();
    instance.reset();
    set_state(record, PluginState::stopped);
    log_info("plugin " + record.manifest.id + " " + record.manifest.version + " has ended",
             {{"plugin", record.manifest.id}});
  }

  // A version in the place of another: see plugin_exchange.cpp. `exchanging` is held.
  const Manifest& exchange(const std::string& id, const std::string& version,
                           const AdmissionCommit& commit);
  void make_ready(PluginRecord& fresh, const PluginRecord* old);
  void check_fits(const PluginRecord& fresh, const PluginRecord* old) const;
  void swap(PluginRecord& fresh, PluginRecord* old, std::shared_ptr<const Generation> next);

  PluginSettings settings;
  HostServices services;
  MakeRoutes make_routes;
  std::function<void(const Generation&)> before_exchange;
  std::thread ender;         // waits for the version that was replaced last to be unused
  std::mutex exchanging;     // one at a time; taken before `mutex`
  mutable std::mutex mutex;  // the lists of records and errors, states, reasons and instances
  std::vector<std::unique_ptr<PluginRecord>> records;
  std::vector<PluginRecord*> order;  // of creation
  std::map<std::string, const ErrorText*, std::less<>> errors;
  Snapshots snapshots;
};

}  // namespace cinnabar::kernel
