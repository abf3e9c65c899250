#include "kernel/plugin/offline_store.hpp"

#include "kernel/db/migrations.hpp"

namespace cinnabar::kernel {

namespace {

PluginSettings offline(PluginSettings settings) {
  settings.offline = true;
  return settings;
}

}  // namespace

OfflineStore::OfflineStore(const PluginSettings& settings, const std::string& database)
    : host_(offline(settings), clocks_) {
  host_.load();
  host_.start_storage();
  const auto* table =
      static_cast<const cinnabar_database*>(host_.table(interface_id<Database>(), database));
  if (!table) throw Error("plugin.no_database", {{"driver", database}});
  db_ = std::make_unique<Db>(table);
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

void OfflineStore::commit(WriteSet writes) {
  Commit commit;
  commit.writes = std::move(writes);
  commit.trace = "command line";
  committer_->commit(std::move(commit));
}

}  // namespace cinnabar::kernel
