#include "run/stage.hpp"

#include <cinnabar/error.hpp>
#include <cinnabar/testing/folder.hpp>

#include <gtest/gtest.h>

namespace cinnabar::authoring {
namespace {

namespace fs = std::filesystem;

class StageTest : public ::testing::Test {
 protected:
  void write(const std::string& folder, const std::string& config = "{}") {
    folder_.write(folder + "/plugin.json",
                  R"({"id":"com.example.oval","version":"1.0.0","enabled":false,"provides":[
                      {"interface":"cinnabar.seal-type/1","name":"oval"}],"config":)" +
                      config + "}");
    folder_.write(folder + "/plugin.so", "code");
    folder_.write(folder + "/resources/font", "font");
  }
  static bool enabled(const fs::path& folder) {
    std::ifstream in(folder / "plugin.json");
    return from_json<Json>(std::string{std::istreambuf_iterator<char>(in), {}})["enabled"]
        .boolean();
  }
  const testing::TestFolder folder_;
};

TEST_F(StageTest, FindsThePluginInItsFolderOrWhereTheBuildLaidIt) {
  write("laid");
  EXPECT_EQ(built_folder(folder_.path / "laid"), folder_.path / "laid");
  write("source/build/plugins/com.example.oval");
  folder_.write("source/plugin.json", R"({"id":"com.example.oval"})");
  EXPECT_EQ(built_folder(folder_.path / "source"),
            folder_.path / "source/build/plugins/com.example.oval");
  folder_.write("unbuilt/plugin.json", R"({"id":"com.example.oval"})");
  EXPECT_THROW(built_folder(folder_.path / "unbuilt"), Error);
  EXPECT_THROW(built_folder(folder_.path / "nowhere"), Error);
}

TEST_F(StageTest, AProgramNeedsNoBuild) {
  folder_.write("program/plugin.json", R"({"id":"com.example.chat","run":["python3","main.py"]})");
  EXPECT_EQ(built_folder(folder_.path / "program"), folder_.path / "program");
  folder_.write("throw-away/keep", "");
  stage_plugin(folder_.path / "program", folder_.path / "throw-away/plugins");
  EXPECT_NE(fs::status(folder_.path / "throw-away").permissions() & fs::perms::others_exec,
            fs::perms::none);
}

TEST_F(StageTest, BindsACopyAndLeavesTheOriginal) {
  write("laid");
  stage_plugin(folder_.path / "laid", folder_.path / "plugins");
  EXPECT_TRUE(enabled(folder_.path / "plugins/com.example.oval"));
  EXPECT_TRUE(fs::exists(folder_.path / "plugins/com.example.oval/resources/font"));
  EXPECT_FALSE(enabled(folder_.path / "laid"));
}

TEST_F(StageTest, WhatMustBeConfiguredWaitsForAnEnterprise) {
  write("laid", R"({"type":"object","required":["url"]})");
  const Json manifest = stage_plugin(folder_.path / "laid", folder_.path / "plugins");
  EXPECT_FALSE(enabled(folder_.path / "plugins/com.example.oval"));
  EXPECT_NE(first_requests(manifest, "http://h:1", "").find("\"config\":{...}"), std::string::npos);
}

TEST_F(StageTest, TellsWhatToTryWithTheAccountsOfTheDemonstration) {
  write("laid");
  const Json manifest = stage_plugin(folder_.path / "laid", folder_.path / "plugins");
  const std::string text = first_requests(
      manifest, "http://h:1",
      "  陈立  mobile 13800000001  password demo-1  signing password 123456\n"
      "  enterprise 朱砂  id ent_1\n");
  EXPECT_NE(text.find(R"({"mobile":"13800000001","password":"demo-1","acting_for":"ent_1"})"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"(curl -s http://h:1/api/v1/seals)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"({"type":"oval")"), std::string::npos) << text;
}

}  // namespace
}  // namespace cinnabar::authoring
