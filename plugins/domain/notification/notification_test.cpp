// From notify to delivery, through the plugin's entry.
#include <cinnabar/services/kernel.hpp>
#include <cinnabar/services/notifier.hpp>
#include <cinnabar/testing/domain_world.hpp>
#include <cinnabar/testing/fake_hooks.hpp>

#include <gtest/gtest.h>

extern "C" const cinnabar_plugin* cinnabar_plugin_v1();

namespace cinnabar {
namespace {

class FakeBindings final : public Bindings {
 public:
  BindingNames names(const BindingsRequest&, const Call&) override { return {bound}; }
  std::vector<std::string> bound{"one"};
};

class FakeChannel final : public NotificationChannel {
 public:
  Receipt deliver(const Notification& message, const Call& call) override {
    if (error) throw *error;
    received.push_back(message);
    owners.emplace_back(call.owner());
    return {takes, takes ? "" : "not for this channel", {}};
  }
  bool takes = true;
  std::optional<Error> error;
  std::vector<Notification> received;
  std::vector<std::string> owners;
};

class NotificationTest : public ::testing::Test {
 protected:
  NotificationTest() {
    world.host.add_service<Bindings>(bindings);
    world.host.add_service<NotificationChannel>(channel);
    world.host.add_service<Hooks>(hooks);
  }
  void notify(const char* kind = "contract.your_turn") {
    OwnCall call("ent_caller");
    Notification message;
    message.kind = kind;
    message.person = "per_1";
    message.enterprise = "ent_1";
    message.text = "code 123456";
    world.commit_contribution(world.client<Notifier>(call.call()).notify({{message}}).writes);
  }
  std::string state() { return world.value("SELECT state FROM notification_delivery").text(); }
  std::string kept_text() { return world.value("SELECT text FROM notification_outbox").text(); }
  void wait_ms(std::int64_t ms) {
    world.host.advance_ms(ms);
    world.run_jobs();
  }

  const Error busy{"sms.gateway", {{"text", "code 123456"}}, {}, CINNABAR_UNAVAILABLE};
  FakeBindings bindings;
  FakeChannel channel;
  testing::FakeHooks hooks;
  testing::DomainWorld world{&cinnabar_plugin_v1, "cinnabar.notification", __FILE__};
};

TEST_F(NotificationTest, NothingIsSentBeforeTheCommandCommits) {
  OwnCall call("ent_caller");
  Notification message;
  message.kind = "contract.completed";
  message.person = "per_1";
  const WriteSet writes = world.client<Notifier>(call.call()).notify({{message}}).writes;
  EXPECT_EQ(world.run_jobs(), 0);
  EXPECT_TRUE(channel.received.empty());
  world.commit_contribution(writes);
  EXPECT_EQ(world.run_jobs(), 1);
  EXPECT_EQ(channel.received.size(), 1u);
}

TEST_F(NotificationTest, TheSendersScriptChoosesTheWordsAndTheRecipientsTheChannels) {
  hooks.answers["notification.before_notify"].set = {{"/text", "请尽快签署"},
                                                     {"/title", std::string(500, 'x')}};
  hooks.answers["notification.before_deliver"].set = {{"/channels", Json::array().add("two")}};
  bindings.bound = {"one", "two"};
  notify();
  world.run_jobs();
  ASSERT_EQ(channel.received.size(), 1u);
  EXPECT_EQ(channel.received[0].text, "请尽快签署");
  EXPECT_EQ(channel.received[0].title, "");  // too long a one is not taken
  EXPECT_EQ(world.value("SELECT channel FROM notification_delivery").text(), "two");
  EXPECT_EQ(hooks.ran, (std::vector<std::string>{"notification.before_notify ent_caller",
                                                 "notification.before_deliver ent_1"}));
}

TEST_F(NotificationTest, ScriptsNeitherSeeSecretsNorKeepAMessageBack) {
  notify("auth.code");
  world.run_jobs();
  EXPECT_TRUE(hooks.ran.empty());
  hooks.answers["notification.before_deliver"].set = {{"/channels", Json::array().add("none")}};
  notify();
  world.run_jobs();
  hooks.deny = "notification.before_deliver";
  notify();
  world.run_jobs();
  hooks.fails = Error("hook.unavailable", {}, {}, CINNABAR_UNAVAILABLE);
  notify();
  world.run_jobs();
  EXPECT_EQ(channel.received.size(), 4u);
}

TEST_F(NotificationTest, AMessageGoesOnceOverTheChannelsOfTheRecipientsEnterprise) {
  notify();
  world.run_jobs();
  ASSERT_EQ(channel.received.size(), 1u);
  EXPECT_EQ(channel.owners[0], "ent_1");
  EXPECT_EQ(channel.received[0].text, "code 123456");
  EXPECT_TRUE(channel.received[0].id.starts_with("msg_"));
  EXPECT_EQ(channel.received[0].at, world.host.host().now());
  EXPECT_EQ(state(), "delivered");
  EXPECT_TRUE(world.jobs.empty());
}

TEST_F(NotificationTest, AChannelThatFailsIsTriedAgainWithTheSameId) {
  channel.error = busy;
  notify();
  world.run_jobs();
  EXPECT_EQ(state(), "waiting");
  wait_ms(9'000);
  EXPECT_EQ(world.value("SELECT attempts FROM notification_delivery").integer(), 1);
  channel.error.reset();
  wait_ms(1'000);
  EXPECT_EQ(state(), "delivered");
  ASSERT_EQ(channel.received.size(), 1u);
  EXPECT_EQ(channel.received[0].id, world.value("SELECT id FROM notification_outbox").text());
}

TEST_F(NotificationTest, WhatIsGivenUpIsSeenByTheOperatorAndSentAgain) {
  channel.error = busy;
  notify();
  world.run_jobs();
  for (int i = 0; i < 20; ++i) wait_ms(86'400'000);
  EXPECT_EQ(state(), "dead");
  EXPECT_TRUE(world.jobs.empty()) << "no job of ours waits for ever";
  const Json list = world.call(testing::as("per_operator"), "notification.deliveries");
  ASSERT_EQ(list["deliveries"].items().size(), 1u);
  channel.error.reset();
  const std::map<std::string, std::string> params{
      {"message", list["deliveries"].items()[0]["message"].text()}, {"channel", "one"}};
  world.call(testing::as("per_operator"), "notification.resend", params);
  world.run_jobs();
  EXPECT_EQ(state(), "delivered");
  EXPECT_EQ(world.refusal(testing::as("per_operator"), "notification.resend", params),
            "notification.not_dead");
}

TEST_F(NotificationTest, AMessageThatNoChannelTakesIsNotKeptWaiting) {
  channel.takes = false;
  notify();
  world.run_jobs();
  EXPECT_TRUE(world.jobs.empty());
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM notification_delivery").integer(), 0);
}

TEST_F(NotificationTest, ACodeIsForgottenOnceItIsCarried) {
  notify("auth.code");
  EXPECT_EQ(kept_text(), "code 123456");
  world.run_jobs();
  EXPECT_EQ(kept_text(), "");
  EXPECT_EQ(channel.received.at(0).text, "code 123456");
}

TEST_F(NotificationTest, ACodeWaitsForItsChannelButNotLongerThanItIsGood) {
  channel.error = busy;
  notify("auth.code");
  world.run_jobs();
  EXPECT_EQ(kept_text(), "code 123456");
  for (int i = 0; i < 10; ++i) wait_ms(120'000);
  EXPECT_EQ(state(), "dead");
  EXPECT_EQ(kept_text(), "");
}

TEST_F(NotificationTest, ASecretIsInNoEventLogOrRecord) {
  channel.error = busy;
  notify("auth.code");
  world.run_jobs();
  for (const auto& line : world.host.log()) EXPECT_EQ(line.text.find("123456"), std::string::npos);
  EXPECT_EQ(world.value("SELECT detail FROM notification_delivery").text(), "sms.gateway");
  EXPECT_TRUE(world.events.empty());
}

TEST_F(NotificationTest, AMessageToNobodyIsRefused) {
  OwnCall call("ent_caller");
  EXPECT_THROW(world.client<Notifier>(call.call()).notify({{Notification{}}}), Error);
}

}  // namespace
}  // namespace cinnabar
