#include "@ident@.hpp"

#include <cinnabar/testing/fake_host.hpp>
#include <cinnabar/testing/fake_http.hpp>
#include <cinnabar/testing/notification_channel_suite.hpp>

#include <gtest/gtest.h>

namespace @ident@_plugin {
namespace {

using namespace cinnabar;

constexpr const char* kConfig = R"({"url":"https://gateway.example/send","key":"k-1"})";

class @Class@Test : public ::testing::Test {
 protected:
  Receipt deliver(const Notification& message, const std::string& config = kConfig) {
    return cinnabar::testing::LocalService<NotificationChannel>(channel_, "ent_a", config)
        ->deliver(message);
  }
  // The error that delivering ends in.
  Error problem(const std::string& config = kConfig) {
    try {
      deliver(cinnabar::testing::usual_notification(), config);
    } catch (const Error& error) {
      return error;
    }
    return Error("none");
  }

  cinnabar::testing::FakeHost fake_;
  cinnabar::testing::FakeHttp gateway_;
  @Class@ channel_{fake_.host(), gateway_.ask()};
};

// What every channel owes the platform: the suite of the SDK.
TEST_F(@Class@Test, KeepsTheContract) {
  Notification without_number = cinnabar::testing::usual_notification();
  without_number.mobile.clear();
  cinnabar::testing::NotificationChannelCase test{
      channel_, cinnabar::testing::usual_notification(), without_number};
  test.config = kConfig;
  cinnabar::testing::check_notification_channel(test);
}

TEST_F(@Class@Test, GivesTheGatewayTheSameKeyForEveryAttempt) {
  deliver(cinnabar::testing::usual_notification());
  deliver(cinnabar::testing::usual_notification());
  const auto& asked = gateway_.requests();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].url, "https://gateway.example/send");
  EXPECT_EQ(asked[0].headers.at(0), "Idempotency-Key: msg_test");
  EXPECT_EQ(asked[0].headers, asked[1].headers);
  EXPECT_EQ(asked[0].body, asked[1].body);
}

TEST_F(@Class@Test, WhatMayWorkLaterIsTriedAgain) {
  gateway_.away_once();
  EXPECT_EQ(problem().status(), CINNABAR_UNAVAILABLE);
  for (const long status : {429, 500, 503}) {
    gateway_.answer(status);
    const Error later = problem();
    EXPECT_EQ(later.code(), "@ident@.away") << status;
    EXPECT_EQ(later.status(), CINNABAR_UNAVAILABLE) << status;
  }
}

TEST_F(@Class@Test, WhatTheGatewayRefusesIsNotTriedAgain) {
  gateway_.answer(400);
  const Receipt receipt = deliver(cinnabar::testing::usual_notification());
  EXPECT_FALSE(receipt.delivered);
  EXPECT_NE(receipt.detail.find("400"), std::string::npos);
}

TEST_F(@Class@Test, SaysThatItIsNotConfigured) {
  EXPECT_EQ(problem("{}").code(), "@ident@.not_configured");
}

}  // namespace
}  // namespace @ident@_plugin
