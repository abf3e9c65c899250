// What the driver does when the server, or the way to it, fails in the middle.
#include "cutting_proxy.hpp"
#include "mysql_database.hpp"

#include <cinnabar/testing/mariadb.hpp>

#include <gtest/gtest.h>

namespace cinnabar::mysql {
namespace {

using testing::TestMariadb;
using Cut = CuttingProxy::Cut;

MysqlConfig config_at(int port) {
  MysqlConfig config;
  config.hosts = {"127.0.0.1:" + std::to_string(port)};
  config.user = "root";
  config.database = TestMariadb::shared().make_database();
  config.connect_timeout_s = 2;
  config.commit_timeout_s = 5;
  return config;
}

std::int64_t number(Database& database, std::string_view sql) {
  detail::RowsCollector rows;
  database.query(sql, nullptr, 0, rows.raw);
  return rows.result.rows.at(0).at(0).integer();
}

// A transaction of one statement.
cinnabar_outcome commit(Database& database, std::string_view sql) {
  const cinnabar_statement statement{bytes_of(sql), nullptr, 0, 1};
  const cinnabar_transaction transaction{&statement, 1};
  cinnabar_outcome outcome{};
  database.commit(&transaction, 1, &outcome);
  return outcome;
}

constexpr std::string_view kCountUp = "UPDATE t SET n = n + 1";
constexpr std::string_view kCount = "SELECT n FROM t";

void make_counter(Database& database) {
  database.script("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)");
  ASSERT_EQ(commit(database, "INSERT INTO t VALUES (1, 0)").status, CINNABAR_OK);
}

TEST(GroupWriter, a_commit_that_nobody_answered_is_done_exactly_once) {
  CuttingProxy proxy(TestMariadb::shared().port());
  MysqlDatabase database(config_at(proxy.port()));
  make_counter(database);
  int expected = 0;
  for (const Cut cut : {Cut::before, Cut::after, Cut::after, Cut::before, Cut::none}) {
    proxy.cut(cut);
    EXPECT_EQ(commit(database, kCountUp).status, CINNABAR_OK);
    EXPECT_TRUE(proxy.was_cut());
    EXPECT_EQ(number(database, kCount), ++expected);
  }
}

TEST(GroupWriter, when_the_outcome_cannot_be_found_out_it_says_so_and_goes_on_later) {
  CuttingProxy proxy(TestMariadb::shared().port());
  MysqlConfig config = config_at(proxy.port());
  config.commit_timeout_s = 1;
  MysqlDatabase database(config);
  make_counter(database);
  proxy.cut(Cut::after);
  proxy.refuse(true);
  const cinnabar_outcome unknown = commit(database, kCountUp);
  EXPECT_EQ(unknown.status, CINNABAR_UNAVAILABLE);
  EXPECT_NE(std::string(unknown.detail).find("unknown"), std::string::npos) << unknown.detail;
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(commit(database, kCountUp).status, CINNABAR_UNAVAILABLE);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(500))
      << "what is known to be away is not waited for";
  proxy.refuse(false);
  EXPECT_EQ(commit(database, kCountUp).status, CINNABAR_OK);
  EXPECT_EQ(number(database, kCount), 2) << "the first was committed, the second never ran";
}

TEST(GroupWriter, sessions_that_an_operator_kills_are_opened_again) {
  MysqlDatabase database(config_at(TestMariadb::shared().port()));
  make_counter(database);
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(number(database, kCount), i - 1);
    TestMariadb::shared().sql("KILL USER root");
    EXPECT_EQ(number(database, kCount), i - 1) << "the reader";
    EXPECT_EQ(commit(database, kCountUp).status, CINNABAR_OK) << "the writer";
  }
}

TEST(GroupWriter, a_server_that_crashed_is_waited_for) {
  TestMariadb server;
  MysqlConfig config = config_at(server.port());
  config.commit_timeout_s = 60;
  server.sql("CREATE DATABASE " + config.database);
  MysqlDatabase database(config);
  make_counter(database);
  EXPECT_EQ(commit(database, kCountUp).status, CINNABAR_OK);
  server.kill();
  EXPECT_THROW(number(database, kCount), Error);
  cinnabar_outcome outcome{};
  std::thread waiting([&] { outcome = commit(database, kCountUp); });
  server.start();
  waiting.join();
  EXPECT_EQ(outcome.status, CINNABAR_OK) << outcome.detail;
  EXPECT_EQ(number(database, kCount), 2);
}

TEST(GroupWriter, a_row_that_somebody_holds_is_waited_for) {
  MysqlConfig config = config_at(TestMariadb::shared().port());
  MysqlDatabase database(config), other(config);
  make_counter(database);
  // Held by a transaction of somebody's own, for a short time: it is waited for.
  std::thread holder([&] {
    TestMariadb::shared().sql("USE " + config.database +
                              "; BEGIN; UPDATE t SET n = n + 1; DO SLEEP(1); COMMIT");
  });
  while (number(database,
                "SELECT COUNT(*) FROM information_schema.processlist "
                "WHERE state = 'User sleep'") == 0) {
  }
  EXPECT_EQ(commit(other, kCountUp).status, CINNABAR_OK);
  holder.join();
  EXPECT_EQ(number(database, kCount), 2);
}

}  // namespace
}  // namespace cinnabar::mysql
