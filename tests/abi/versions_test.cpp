// Two versions of one plugin beside each other in one host, and one in the place of the other.
#include "fixture.hpp"
#include "kernel/db/committer.hpp"
#include "kernel/plugin/pinned_route.hpp"

#include <cinnabar/package/store.hpp>
#include <cinnabar/services/notification_channel.hpp>

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

const std::filesystem::path kBuilt(UPGRADES);

class VersionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto store = package::store_folder(folder_.path);
    for (const char* version : {"1.0.0", "2.0.0"}) {
      std::filesystem::create_directories(store / "test.inside");
      std::filesystem::copy(kBuilt / ("inside-" + std::string(version)),
                            store / "test.inside" / version);
    }
    std::filesystem::create_directories(folder_.path / "others");
    std::filesystem::copy(kBuilt / "outside-1.0.0", folder_.path / "others/test.outside");
  }
  void admit(const std::string& version) {
    package::set_admitted_version(folder_.path, "test.inside", version);
  }
  std::string admitted() { return package::admitted_version(folder_.path, "test.inside"); }
  void load() {
    PluginSettings settings = fixture_settings();
    settings.folders = {folder_.path / "others"};
    settings.node_folder = settings.data_folder = folder_.path;
    settings.in_process = {"test.outside"};
    host_ = std::make_unique<PluginHost>(std::move(settings), clocks_);
    host_->load();
    host_->start();
  }
  // Which version a request with this context meets.
  std::string met(CallContext& context) {
    const Client<NotificationChannel> channel(
        std::make_shared<PinnedRoute>(*host_, context.snapshot(""), context.call("", "test", "en"),
                                      "cinnabar.notification-channel/1", "upgrade-test"));
    return channel.deliver({}).detail;
  }
  std::string met_now() {
    CallContext context(*host_, clocks_, 0);
    return met(context);
  }
  // The reason against it; empty: none.
  std::string exchange(const std::string& version) {
    try {
      host_->exchange("test.inside", version, [](const Manifest&, bool) { return Commit(); });
      return {};
    } catch (const Error& error) {
      for (const auto& [name, value] : error.params())
        if (name == "reason") return value;
      return error.code();
    }
  }

  testing::TestFolder folder_;
  SystemClocks clocks_;
  std::unique_ptr<PluginHost> host_;
};

TEST_F(VersionsTest, WhatBeganWithAVersionEndsWithIt) {
  admit("1.0.0");
  load();
  auto request = std::make_unique<CallContext>(*host_, clocks_, 0);
  auto untouched = std::make_unique<CallContext>(*host_, clocks_, 0);
  EXPECT_EQ(met(*request), "1");
  EXPECT_EQ(exchange("2.0.0"), "");
  EXPECT_EQ(met_now(), "2");
  EXPECT_EQ(host_->manifest("test.inside")->version, "2.0.0");
  EXPECT_EQ(reason_for(*host_, "test.inside"), "started: ");
  EXPECT_EQ(met(*request), "1");
  // Also one that began before and met nobody so far.
  EXPECT_EQ(met(*untouched), "1");
  const std::weak_ptr<const Generation> earlier = request->generation();
  request.reset();
  EXPECT_FALSE(earlier.expired());
  untouched.reset();
  EXPECT_TRUE(earlier.expired());
  EXPECT_EQ(exchange("1.0.0"), "");
  EXPECT_EQ(met_now(), "1");
}

TEST_F(VersionsTest, TheVersionThatTookThePlaceStartsTheNextTime) {
  load();
  EXPECT_EQ(host_->manifest("test.inside"), nullptr);
  EXPECT_EQ(exchange("2.0.0"), "");
  EXPECT_EQ(met_now(), "2");
  load();
  EXPECT_EQ(met_now(), "2");
  // Admitted for the next start by the command line meanwhile, and then taken back here.
  admit("1.0.0");
  EXPECT_EQ(exchange("2.0.0"), "");
  EXPECT_EQ(admitted(), "2.0.0");
}

TEST_F(VersionsTest, WhatIsRefusedChangesNothing) {
  admit("1.0.0");
  load();
  const auto generation = host_->generation();
  EXPECT_EQ(exchange("3.0.0"), "plugin.not_installed");
  EXPECT_EQ(exchange("../1.0.0"), "plugin.not_installed");
  folder_.write("plugins/test.inside/fail", "");
  EXPECT_NE(exchange("2.0.0").find("asked to fail"), std::string::npos);
  std::filesystem::remove(folder_.path / "plugins/test.inside/fail");
  host_->before_exchange([](const Generation&) { throw failure("not now"); });
  EXPECT_NE(exchange("2.0.0").find("not now"), std::string::npos);
  host_->before_exchange({});
  EXPECT_EQ(host_->generation(), generation);
  EXPECT_EQ(admitted(), "1.0.0");
  EXPECT_EQ(met_now(), "1");
  EXPECT_EQ(exchange("2.0.0"), "");
  EXPECT_EQ(met_now(), "2");
}

TEST_F(VersionsTest, OneThatLiesOutsideOfThePackagesIsNotReplaced) {
  std::filesystem::copy(kBuilt / "inside-1.0.0", folder_.path / "others/test.inside");
  load();
  EXPECT_NE(exchange("2.0.0").find("which is no package"), std::string::npos);
  EXPECT_EQ(met_now(), "1");
  EXPECT_EQ(admitted(), "");
}

}  // namespace
}  // namespace cinnabar::kernel
