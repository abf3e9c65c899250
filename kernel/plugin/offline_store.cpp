#include "kernel/plugin/offline_store.hpp"

#include "kernel/db/migrations.hpp"

namespace cinnabar::kernel {

namespace {

PluginSettings offline(PluginSettings settings, const std::string& database,
                       OfflineStore::Reach reach) {
  settings.offline = true;
  if (reach == OfflineStore::Reach::plugins) return settings;
  for (const auto& place : plugin_places(settings.folders)) try {
      for (const Provided& provided : read_manifest(place).provides)
        if (provided.interface == interface_id<Database>() && provided.name == database)
          settings.places = {place};
    } catch (const Error&) {  // shown by whoever lists the plugins
    }
  return settings;
}

}  // namespace

OfflineStore::OfflineStore(const PluginSettings& settings, const std::string& database,
                           Reach reach)
    : host_(offline(settings, database, reach), clocks_) {
  host_.load();
  host_.start_storage();
  const auto* table =
      static_cast<const cinnabar_database*>(host_.table(interface_id<Database>(), database));
  if (!table) throw Error("plugin.no_database", {{"driver", database}});
  db_ = std::make_unique<Db>(table);
  if (reach == Reach::storage) return;
  migrate(*db_, {}, clocks_.real_ms());
  committer_ = std::make_unique<Committer>(*db_, clocks_);
  host_.attach(db_.get(), committer_.get(), nullptr);
}

OfflineStore::~OfflineStore() {
  if (committer_) committer_->stop();
  host_.stop();
}

QueryRows OfflineStore::query() const {
  return [this](std::string_view sql, const std::vector<Json>& params) {
    return db_->query(sql, params);
  };
}

void OfflineStore::commit(WriteSet writes, const std::string& action, const std::string& object) {
  Commit commit;
  commit.writes = std::move(writes);
  commit.trace = "command line";
  commit.audit = AuditRecord{action, "", "", object, "command line", 200};
  committer_->commit(std::move(commit));
}

}  // namespace cinnabar::kernel
