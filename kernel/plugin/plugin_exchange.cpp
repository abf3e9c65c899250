// A version of a plugin in the place of the one that runs: made ready beside it, then taken into
// the next generation. Whatever fails before that leaves everything as it was.
#include "kernel/db/migrations.hpp"
#include "kernel/plugin/plugin_host_impl.hpp"

#include <cinnabar/package/successor.hpp>

namespace cinnabar::kernel {
namespace {

using Names = std::vector<std::string>;

Error refused(const std::string& reason) { return Error("plugin.refused", {{"reason", reason}}); }

bool holds_tables(const Manifest& manifest) {
  return std::any_of(manifest.provides.begin(), manifest.provides.end(),
                     [](const Provided& p) { return is_table_interface(p.interface); });
}

}  // namespace

// Checks that the start makes of all plugins together.
void PluginHost::Impl::check_fits(const PluginRecord& fresh, const PluginRecord* old) const {
  const Manifest& manifest = fresh.manifest;
  if (holds_tables(manifest) || (old && holds_tables(old->manifest)))
    throw refused("others hold on to databases, blob stores and key stores; admit the version and "
                  "restart the server instead");
  std::vector<const Manifest*> all{&manifest};
  for (const auto& record : records) {
    if (record->usable() && record.get() != old) all.push_back(&record->manifest);
    if (!record->aside && record->manifest.id == manifest.id &&
        !package::is_package(record->manifest.folder, settings.node_folder))
      throw refused(record->manifest.folder.string() +
                    " holds it too, which is no package; take it away and restart the server");
  }
  if (const auto aside = left_aside(manifest, fresh.trust, settings); !aside.empty())
    throw refused(aside);
  if (const auto problem = contract_problem(manifest.contract)) throw refused(*problem);
  if (old && old->manifest.table_prefix != manifest.table_prefix)
    throw refused("its tables would be " + manifest.table_prefix + "*, they are " +
                  old->manifest.table_prefix + "*");
  for (const auto& refusal : load_order(all).refused)
    throw refused(refusal.manifest == &manifest ? refusal.reason
                                                : refusal.manifest->id + " " + refusal.reason);
}

void PluginHost::Impl::make_ready(PluginRecord& fresh, const PluginRecord* old) {
  if (const std::string problem = crash_verdict(fresh); !problem.empty()) throw refused(problem);
  check_fits(fresh, old);
  const auto query = [this](std::string_view sql, const std::vector<Json>& params) {
    return services.db ? services.db->query(sql, params) : Rows{};
  };
  package::check_kept_settings(query, fresh.manifest);
  create(fresh);
  const auto check = [&fresh](const std::string& file, std::string_view text) {
    fresh.trust.check(file, text);
  };
  if (services.db)
    migrate(*services.db,
            {{fresh.manifest.id, fresh.manifest.folder / "migrations", check, true, true}},
            services.clocks.real_ms());
  {
    const package::InPlugin mark(fresh.inside ? fresh.manifest.id.c_str() : nullptr);
    fresh.instance->start();
    describe(fresh);
  }
  set_state(fresh, PluginState::started);
  package::check_open_jobs(query, fresh.manifest.id,
                           fresh.domain ? fresh.domain->description.jobs : Names());
  if (old && old->domain && fresh.domain &&
      old->domain->description.ordered != fresh.domain->description.ordered)
    throw refused("it takes its events in another way; admit it and restart the server instead");
}

const Manifest& PluginHost::Impl::exchange(const std::string& id, const std::string& version,
                                           const AdmissionCommit& commit) {
  const auto& data = settings.node_folder;
  auto [manifest, trust] = package::read_installed(data, id, version, settings.trust);
  const auto found = std::find_if(records.begin(), records.end(), [&](const auto& record) {
    return record->usable() && record->manifest.id == id;
  });
  PluginRecord* old = found == records.end() ? nullptr : found->get();
  const std::string admitted = package::admitted_version(data, id);
  const bool runs = old && old->manifest.version == version;
  if (runs && admitted == version) return old->manifest;
  PluginRecord& fresh = runs ? *old : add(std::move(manifest), std::move(trust), true);
  try {
    if (!runs) make_ready(fresh, old);
    const auto next = runs ? nullptr : assemble(old, &fresh);  // its routes fit between the others'
    if (next && before_exchange) before_exchange(*next);
    package::set_admitted_version(data, id, version);
    try {
      if (services.committer) services.committer->commit(commit(fresh.manifest, admitted.empty()));
    } catch (...) {
      package::set_admitted_version(data, id, admitted);
      throw;
    }
    if (next) swap(fresh, old, next);
  } catch (...) {
    if (!runs) end(fresh);
    throw;
  }
  return fresh.manifest;
}

// Nothing of it can fail half-way but for want of memory.
void PluginHost::Impl::swap(PluginRecord& fresh, PluginRecord* old,
                            std::shared_ptr<const Generation> next) {
  {
    const std::lock_guard lock(mutex);
    for (const auto& record : records)
      if (record->manifest.id == fresh.manifest.id) record->aside = true;
    fresh.aside = false;
    if (old) {
      std::replace(order.begin(), order.end(), old, &fresh);
    } else {
      order.push_back(&fresh);
    }
  }
  learn_errors(fresh);
  give_table_prefixes();
  snapshots.set(std::move(next));
  log_info("plugin " + fresh.manifest.id + " " + fresh.manifest.version +
               " has taken the place of " + (old ? old->manifest.version : "none"),
           {{"plugin", fresh.manifest.id}});
  if (!old) return;
  old->use.reset();
  // Who lets go last may be in the middle of a request, or hold a lock.
  ender = std::thread([this, old, earlier = std::move(ender)]() mutable {
    old->unused.acquire();
    end(*old);
    if (earlier.joinable()) earlier.join();
  });
}

const Manifest& PluginHost::exchange(const std::string& id, const std::string& version,
                                     const AdmissionCommit& commit) {
  const std::lock_guard lock(impl_->exchanging);
  try {
    return impl_->exchange(id, version, commit);
  } catch (const Error& error) {
    if (error.code() == "plugin.not_installed" || error.status() == CINNABAR_UNAVAILABLE) throw;
    log_warning("plugin " + id + " " + version + " does not run: " + reason_of(error),
                {{"plugin", id}});
    throw Error("plugin.exchange_refused",
                {{"plugin", id}, {"version", version}, {"reason", reason_of(error)}});
  }
}

}  // namespace cinnabar::kernel
