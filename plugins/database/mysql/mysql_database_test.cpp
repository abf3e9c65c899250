#include "mysql_database.hpp"

#include <cinnabar/testing/database_suite.hpp>
#include <cinnabar/testing/mariadb.hpp>

namespace cinnabar::mysql {
namespace {

using testing::TestMariadb;

class MysqlUnderTest final : public DatabaseUnderTest {
 public:
  MysqlUnderTest() {
    config_.socket = TestMariadb::shared().socket();
    config_.user = "root";
    config_.database = TestMariadb::shared().make_database();
    config_.readers_max = 4;
    reopen();
  }
  explicit MysqlUnderTest(MysqlConfig config) : config_(std::move(config)) { reopen(); }
  const cinnabar_database* table() override { return &table_; }
  void reopen() override {
    database_.reset();
    database_ = std::make_unique<MysqlDatabase>(config_);
    table_ = detail::export_table(static_cast<Database*>(database_.get()));
  }
  std::unique_ptr<DatabaseUnderTest> another() override {
    return std::make_unique<MysqlUnderTest>(config_);
  }

 private:
  MysqlConfig config_;
  std::unique_ptr<MysqlDatabase> database_;
  cinnabar_database table_{};
};

std::unique_ptr<DatabaseUnderTest> make_mysql() { return std::make_unique<MysqlUnderTest>(); }

INSTANTIATE_TEST_SUITE_P(Mariadb, DatabaseSuite, ::testing::Values(&make_mysql));

}  // namespace
}  // namespace cinnabar::mysql
