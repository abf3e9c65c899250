// The plugin: opens the database where its configuration says, and hands calls on.
#include "sqlite_database.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar {

struct SqliteConfig {
  std::string path;  // empty: cinnabar.db in the plugin's data folder
  int readers_max = 8;
};
CINNABAR_DESCRIBE(SqliteConfig, path, (readers_max, range(1, 64)))

class SqlitePlugin final : public Database {
 public:
  explicit SqlitePlugin(Host& host) : host_(host), config_(host.config<SqliteConfig>()) {}

  void start() {
    const std::string path =
        config_.path.empty() ? host_.data_folder() + "/cinnabar.db" : config_.path;
    database_ = std::make_unique<SqliteDatabase>(path, config_.readers_max);
  }

  void query(std::string_view sql, const cinnabar_value* params, std::size_t count,
             const cinnabar_rows& rows) override {
    database_->query(sql, params, count, rows);
  }
  void commit(const cinnabar_transaction* transactions, std::size_t count,
              cinnabar_outcome* outcomes) override {
    database_->commit(transactions, count, outcomes);
  }
  void script(std::string_view sql) override { database_->script(sql); }

 private:
  Host& host_;
  const SqliteConfig config_;
  std::unique_ptr<SqliteDatabase> database_;
};

}  // namespace cinnabar

using cinnabar::SqlitePlugin;
CINNABAR_PLUGIN(SqlitePlugin)
