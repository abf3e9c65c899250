#include "robot_channel.hpp"

#include <cinnabar/testing/domain_world.hpp>
#include <cinnabar/testing/fake_http.hpp>
#include <cinnabar/testing/notification_channel_suite.hpp>

#include <gtest/gtest.h>

namespace example {
namespace {

using namespace cinnabar;

constexpr const char* kConfig =
    R"({"url":"https://chat.example/send?token=t","secret":"SEC1",)"
    R"("link_base":"https://c.example"})";

class RobotChannelTest : public ::testing::Test {
 protected:
  RobotChannelTest() {
    database_.migrate(__FILE__);
    fake_.use_database(database_);
    robot_.answer(200, R"({"errcode":0,"errmsg":"ok"})");
  }

  static Notification message(const std::string& id = "msg_test") {
    Notification out = cinnabar::testing::usual_notification();
    out.id = id;
    out.enterprise = "ent_a";
    return out;
  }
  // Delivers, and commits what the delivery leads to, as the platform does.
  Receipt deliver(const Notification& message, const std::string& config = kConfig) {
    const Receipt receipt =
        cinnabar::testing::LocalService<NotificationChannel>(channel_, "ent_a", config)
            ->deliver(message);
    database_.commit(receipt.writes.statements);
    return receipt;
  }
  Error problem() {
    try {
      deliver(message());
    } catch (const Error& error) {
      return error;
    }
    return Error("none");
  }

  cinnabar::testing::MemoryDatabase database_;
  cinnabar::testing::FakeHost fake_;
  cinnabar::testing::FakeHttp robot_;
  RobotChannel channel_{fake_.host(), robot_.ask()};
};

TEST_F(RobotChannelTest, KeepsTheContract) {
  Notification to_a_person = message("msg_other");
  to_a_person.enterprise.clear();
  cinnabar::testing::NotificationChannelCase test{channel_, message(), to_a_person,
                                                  "com.example.chat-robot", kConfig};
  cinnabar::testing::check_notification_channel(test);
}

TEST_F(RobotChannelTest, AMessageComesOnce) {
  EXPECT_TRUE(deliver(message()).delivered);
  EXPECT_TRUE(deliver(message()).delivered);
  EXPECT_EQ(robot_.requests().size(), 1u);
  deliver(message("msg_other"));
  EXPECT_EQ(robot_.requests().size(), 2u);
}

TEST_F(RobotChannelTest, RequestsAreSigned) {
  deliver(message());
  // Computed with `openssl dgst -sha256 -hmac SEC1 -binary | base64` over the two lines.
  EXPECT_EQ(robot_.requests().at(0).url,
            "https://chat.example/send?token=t&" + robot_signature(1'700'000'000'000, "SEC1"));
  EXPECT_EQ(robot_signature(1'700'000'000'000, "SEC1"),
            "timestamp=1700000000000&sign=ukR4%2bWoOOBTGaOauYqugxVrMSFyr92q4hPxJxuOkiio%3d");
}

TEST_F(RobotChannelTest, TheTextIsWhatWasMeantAndLeadsBack) {
  Notification sly = message();
  sly.title = "[click](http://evil.example)";
  deliver(sly);
  const Json sent = from_json<Json>(robot_.requests().at(0).body);
  const std::string text = sent["markdown"]["text"].text();
  EXPECT_NE(text.find("\\[click\\]\\(http://evil.example\\)"), std::string::npos) << text;
  EXPECT_NE(text.find("](https://c.example/contracts/con_test)"), std::string::npos) << text;
}

TEST_F(RobotChannelTest, OneTimeCodesAreNotForAGroup) {
  Notification code = message();
  code.kind = "auth.code";
  EXPECT_FALSE(deliver(code).delivered);
  EXPECT_TRUE(robot_.requests().empty());
}

TEST_F(RobotChannelTest, WhatMayWorkLaterIsTriedAgain) {
  for (const char* body : {R"({"errcode":45009})", R"({"errcode":-1})", "<html>", "{}"}) {
    robot_.answer_once(200, body);
    const Error later = problem();
    EXPECT_EQ(later.code(), "chatrobot.away") << body;
    EXPECT_EQ(later.status(), CINNABAR_UNAVAILABLE) << body;
  }
  robot_.answer_once(503);
  EXPECT_EQ(problem().status(), CINNABAR_UNAVAILABLE);
  robot_.away_once();
  EXPECT_EQ(problem().status(), CINNABAR_UNAVAILABLE);
  EXPECT_TRUE(deliver(message()).delivered) << "and then it is";
}

TEST_F(RobotChannelTest, WhatTheRobotRefusesIsNot) {
  robot_.answer(200, R"({"errcode":310000,"errmsg":"sign not match"})");
  const Receipt receipt = deliver(message());
  EXPECT_FALSE(receipt.delivered);
  EXPECT_NE(receipt.detail.find("310000"), std::string::npos);
}

TEST_F(RobotChannelTest, SaysThatItIsNotConfigured) {
  try {
    deliver(message(), "{}");
    FAIL() << "sent to nowhere";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "chatrobot.not_configured");
  }
}

}  // namespace
}  // namespace example
