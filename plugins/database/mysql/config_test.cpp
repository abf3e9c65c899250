#include "config.hpp"

#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

namespace cinnabar::mysql {
namespace {

TEST(MysqlConfig, hosts_are_read_with_and_without_a_port) {
  const struct {
    const char* text;
    const char* host;
    int port;
  } cases[] = {{"db", "db", 3306},
               {"db.example:3307", "db.example", 3307},
               {"10.0.0.1:1", "10.0.0.1", 1},
               {"fe80::1", "fe80::1", 3306},
               {"[fe80::1]:3307", "fe80::1", 3307}};
  for (const auto& c : cases) {
    MysqlConfig config;
    config.hosts = {c.text};
    const Server server = servers_of(config).at(0);
    EXPECT_EQ(server.host, c.host) << c.text;
    EXPECT_EQ(server.port, c.port) << c.text;
  }
  for (const char* text : {"", "db:", "db:x", "db:0", "db:70000", "[fe80::1", ":3306"}) {
    MysqlConfig config;
    config.hosts = {text};
    EXPECT_THROW(servers_of(config), Error) << text;
  }
  EXPECT_EQ(servers_of({}).at(0).host, "") << "no host: the socket";
}

TEST(MysqlConfig, the_password_comes_from_the_one_place_that_names_it) {
  testing::TestFolder folder;
  MysqlConfig config;
  config.password_file = folder.write("password", "from file\nsecond line");
  EXPECT_EQ(read_password(config), "from file");
  config.password = "as configured";
  EXPECT_EQ(read_password(config), "as configured");
  config = {};
  ::setenv(kPasswordVariable, "from environment", 1);
  EXPECT_EQ(read_password(config), "from environment");
  EXPECT_EQ(std::getenv(kPasswordVariable), nullptr) << "it does not stay there";
  config.password_file = (folder.path / "nothing").string();
  EXPECT_THROW(read_password(config), Error);
}

}  // namespace
}  // namespace cinnabar::mysql
