// Which servers the driver talks to, how, and what it refuses.
#include "mysql_database.hpp"

#include <cinnabar/testing/mariadb.hpp>

#include <gtest/gtest.h>

#include <spawn.h>

namespace cinnabar::mysql {
namespace {

using testing::TestMariadb;

MysqlConfig config_of_shared() {
  MysqlConfig config;
  config.socket = TestMariadb::shared().socket();
  config.user = "root";
  config.database = TestMariadb::shared().make_database();
  return config;
}

std::string code_of(const MysqlConfig& config) {
  try {
    MysqlDatabase database(config);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find("s3cret"), std::string::npos);
    return error.code();
  }
}

TEST(Servers, the_first_that_answers_is_used) {
  MysqlConfig config = config_of_shared();
  config.hosts = {"127.0.0.1:1", "127.0.0.1:" + std::to_string(TestMariadb::shared().port())};
  EXPECT_EQ(code_of(config), "");
  config.hosts = {"127.0.0.1:1"};
  EXPECT_EQ(code_of(config), "database.unavailable");
}

TEST(Servers, who_may_not_come_in_is_told_so) {
  const MysqlConfig good = config_of_shared();
  MysqlConfig config = good;
  config.user = "nobody_we_know";
  config.password = "s3cret";
  EXPECT_EQ(code_of(config), "mysql.access_denied");
  config = good;
  config.database = "not_there";
  EXPECT_EQ(code_of(config), "mysql.access_denied");
  config = good;
  config.tls = "perhaps";
  EXPECT_EQ(code_of(config), "mysql.config_wrong");
  config.tls = "verified";
  EXPECT_EQ(code_of(config), "mysql.config_wrong") << "verified by whom?";
}

TEST(Servers, without_tls_there_the_connection_is_refused_not_opened_in_clear) {
  MysqlConfig config = config_of_shared();
  config.hosts = {"127.0.0.1:" + std::to_string(TestMariadb::shared().port())};
  config.tls = "required";
  EXPECT_NE(code_of(config), "");
}

bool run_openssl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "openssl");
  std::vector<char*> raw;
  for (std::string& argument : arguments) raw.push_back(argument.data());
  raw.push_back(nullptr);
  pid_t process = 0;
  int status = -1;
  posix_spawn_file_actions_t quiet;
  ::posix_spawn_file_actions_init(&quiet);
  ::posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
  const int fault = ::posix_spawnp(&process, "openssl", &quiet, nullptr, raw.data(), environ);
  ::posix_spawn_file_actions_destroy(&quiet);
  if (fault != 0) return false;
  ::waitpid(process, &status, 0);
  return status == 0;
}

// A certificate that signs itself, for the name.
void make_certificate(const testing::TestFolder& folder, const std::string& name,
                      const std::string& subject) {
  ASSERT_TRUE(run_openssl({"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                           "/CN=" + subject, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                           (folder.path / (name + ".key")).string(), "-out",
                           (folder.path / (name + ".pem")).string()}));
}

TEST(Servers, tls_is_verified_when_asked_for) {
  testing::TestFolder folder;
  make_certificate(folder, "server", "127.0.0.1");
  make_certificate(folder, "other", "127.0.0.1");
  TestMariadb server({"--ssl-cert=" + (folder.path / "server.pem").string(),
                      "--ssl-key=" + (folder.path / "server.key").string()});
  MysqlConfig config;
  config.hosts = {"127.0.0.1:" + std::to_string(server.port())};
  config.user = "root";
  config.database = server.make_database();
  config.tls = "required";
  EXPECT_EQ(code_of(config), "");
  config.tls = "verified";
  config.tls_ca = (folder.path / "server.pem").string();
  EXPECT_EQ(code_of(config), "");
  config.tls_ca = (folder.path / "other.pem").string();
  EXPECT_EQ(code_of(config), "database.unavailable");
}

}  // namespace
}  // namespace cinnabar::mysql
