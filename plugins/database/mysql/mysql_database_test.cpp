#include "mysql_database.hpp"

#include <cinnabar/testing/database_suite.hpp>
#include <cinnabar/testing/mariadb.hpp>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <sstream>
#include <thread>

namespace cinnabar::mysql {
namespace {

using testing::TestMariadb;

// Servers that are there already, such as the nodes of a cluster: "host:port,host:port". Their user
// root needs no password. Without it, a server of the test's own.
constexpr const char* kHostsVariable = "CINNABAR_TEST_MYSQL_HOSTS";

std::vector<std::string> given_hosts() {
  std::vector<std::string> hosts;
  std::istringstream text(std::getenv(kHostsVariable) ? std::getenv(kHostsVariable) : "");
  for (std::string host; std::getline(text, host, ',');) hosts.push_back(host);
  return hosts;
}

MysqlConfig config_for_test() {
  MysqlConfig config;
  config.hosts = given_hosts();
  config.user = "root";
  config.readers_max = 4;
  if (config.hosts.empty()) {
    config.socket = TestMariadb::shared().socket();
    config.database = TestMariadb::shared().make_database();
    return config;
  }
  static int made = 0;
  config.database = "information_schema";
  const std::string name = "cinnabar_test_" + std::to_string(++made);
  const auto connection = Servers(config).open(Connection::Access::define);
  EXPECT_TRUE(connection->run("DROP DATABASE IF EXISTS " + name).ok());
  EXPECT_TRUE(connection->run("CREATE DATABASE " + name).ok());
  config.database = name;
  return config;
}

class MysqlUnderTest final : public DatabaseUnderTest {
 public:
  MysqlUnderTest() : MysqlUnderTest(config_for_test()) {}
  explicit MysqlUnderTest(MysqlConfig config) : config_(std::move(config)) { reopen(); }
  const cinnabar_database* table() override { return &table_; }
  void reopen() override {
    database_.reset();
    database_ = std::make_unique<MysqlDatabase>(config_);
    table_ = detail::export_table(static_cast<Database*>(database_.get()));
  }
  std::unique_ptr<DatabaseUnderTest> another() override {
    MysqlConfig config = config_;
    if (!config.hosts.empty())  // another node first
      std::rotate(config.hosts.begin(), config.hosts.begin() + 1, config.hosts.end());
    return std::make_unique<MysqlUnderTest>(config);
  }

 private:
  const MysqlConfig config_;
  std::unique_ptr<MysqlDatabase> database_;
  cinnabar_database table_{};
};

std::unique_ptr<DatabaseUnderTest> make_mysql() { return std::make_unique<MysqlUnderTest>(); }

TEST(Scripts, of_servers_that_change_the_tables_at_once_one_does_and_nothing_is_torn_down) {
  const MysqlConfig config = config_for_test();
  std::atomic<int> done{0};
  std::vector<std::thread> servers;
  for (int i = 0; i < 4; ++i)
    servers.emplace_back([&] {
      MysqlDatabase database(config);
      try {
        database.script("CREATE TABLE one (a INTEGER); CREATE TABLE two (a INTEGER); "
                        "INSERT INTO one (a) VALUES (1); INSERT INTO two (a) VALUES (2)");
        ++done;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), "database.failed") << error.what();
      }
    });
  for (std::thread& server : servers) server.join();
  EXPECT_EQ(done, 1);
  const auto connection = Servers(config).open(Connection::Access::read);
  std::string rows;
  EXPECT_TRUE(connection->value("SELECT COUNT(*) FROM one JOIN two", rows).ok());
  EXPECT_EQ(rows, "1");
}

INSTANTIATE_TEST_SUITE_P(Mariadb, DatabaseSuite, ::testing::Values(&make_mysql));

}  // namespace
}  // namespace cinnabar::mysql
