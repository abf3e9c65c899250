// The plugin: connects where its configuration says, and hands calls on.
#include "mysql_database.hpp"

#include <cinnabar/plugin.hpp>

namespace cinnabar::mysql {

class MysqlPlugin final : public Database {
 public:
  explicit MysqlPlugin(Host& host) : host_(host), config_(host.config<MysqlConfig>()) {}

  void start() {
    database_ = std::make_unique<MysqlDatabase>(config_);
    for (const std::string& warning : database_->warnings()) host_.log(Level::warning, warning);
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
  const MysqlConfig config_;
  std::unique_ptr<MysqlDatabase> database_;
};

}  // namespace cinnabar::mysql

using cinnabar::mysql::MysqlPlugin;
CINNABAR_PLUGIN(MysqlPlugin)
