// Configuration: precedence of its sources and the messages for what is wrong.
#include "kernel/config/config.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace cinnabar::kernel {
namespace {

std::filesystem::path write_file(const std::string& text) {
  const auto path = std::filesystem::path(testing::TempDir()) / "config_test.toml";
  std::ofstream(path) << text;
  return path;
}

std::string fault(const ConfigSources& sources) {
  try {
    load_config(sources);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Config, TakesDefaultsWithoutAnySource) {
  const Config config = load_config({});
  EXPECT_EQ(config.server.port, 8080);
  EXPECT_EQ(config.storage.database, "sqlite");
}

TEST(Config, LaterSourcesWin) {
  ConfigSources sources;
  sources.file = write_file("[server]\nport = 1\nio_threads = 3\nworker_threads = 5\n");
  sources.environment = {{"CINNABAR_SERVER_PORT", "2"}, {"CINNABAR_SERVER_IO_THREADS", "4"}};
  sources.flags = {{"server.port", "3"}};
  const Config config = load_config(sources);
  EXPECT_EQ(config.server.port, 3);
  EXPECT_EQ(config.server.io_threads, 4);
  EXPECT_EQ(config.server.worker_threads, 5);
}

TEST(Config, NamesFileLineAndNearestSettingOfAnUnknownKey) {
  const std::string text = fault({.file = write_file("[server]\naddress = \"::1\"\nprot = 1\n"),
                                  .environment = {},
                                  .flags = {}});
  EXPECT_NE(text.find("config_test.toml:3"), std::string::npos) << text;
  EXPECT_NE(text.find("server.prot"), std::string::npos) << text;
  EXPECT_NE(text.find("did you mean port?"), std::string::npos) << text;
}

TEST(Config, NamesTheLineOfAWrongValue) {
  const std::string text =
      fault({.file = write_file("[server]\n\nport = 99999\n"), .environment = {}, .flags = {}});
  EXPECT_NE(text.find("config_test.toml:3"), std::string::npos) << text;
  EXPECT_NE(text.find("more than 65535"), std::string::npos) << text;
}

TEST(Config, RefusesWhatIsNotToml) {
  const std::string text =
      fault({.file = write_file("[server]\nport = = 3\n"), .environment = {}, .flags = {}});
  EXPECT_NE(text.find("config_test.toml:2"), std::string::npos) << text;
}

TEST(Config, RefusesAnUnknownFlagWithTheNearestOne) {
  const std::string text = fault({.file = {}, .environment = {}, .flags = {{"server.prot", "1"}}});
  EXPECT_NE(text.find("server.port"), std::string::npos) << text;
}

TEST(Config, ReferenceIsItselfAValidFile) {
  EXPECT_EQ(fault({.file = write_file(config_reference()), .environment = {}, .flags = {}}),
            "accepted");
}

}  // namespace
}  // namespace cinnabar::kernel
