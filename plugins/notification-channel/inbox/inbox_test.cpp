// Delivering to the inbox and reading it, through the plugin's entry.
#include <cinnabar/testing/domain_world.hpp>
#include <cinnabar/testing/notification_channel_suite.hpp>

#include <gtest/gtest.h>

extern "C" const cinnabar_plugin* cinnabar_plugin_v1();

namespace cinnabar {
namespace {

// The plugin as a channel object, for the suite.
class Through final : public NotificationChannel {
 public:
  explicit Through(testing::DomainWorld& world) : world_(world) {}
  Receipt deliver(const Notification& message, const Call& call) override {
    Receipt receipt = world_.client<NotificationChannel>(call).deliver(message);
    world_.commit_contribution(receipt.writes);
    return receipt;
  }

 private:
  testing::DomainWorld& world_;
};

class InboxTest : public ::testing::Test {
 protected:
  void deliver(const char* id, const char* kind = "contract.completed",
               const char* person = "per_1") {
    Notification message = testing::usual_notification();
    message.id = id;
    message.kind = kind;
    message.person = person;
    OwnCall call("ent_1");
    Through(world).deliver(message, call.call());
  }
  std::vector<std::string> ids(const std::map<std::string, std::string>& query = {},
                               const char* person = "per_1") {
    std::vector<std::string> out;
    const Json inbox = world.call(testing::as(person), "inbox.list", {}, Json(), {}, query);
    for (const Json& message : inbox["messages"].items()) out.push_back(message["id"].text());
    return out;
  }
  using Ids = std::vector<std::string>;

  testing::DomainWorld world{&cinnabar_plugin_v1, "cinnabar.inbox", __FILE__};
};

TEST_F(InboxTest, KeepsTheContract) {
  Through channel(world);
  Notification to_enterprise = testing::usual_notification();
  to_enterprise.person.clear();
  to_enterprise.enterprise = "ent_1";
  testing::check_notification_channel(
      {channel, testing::usual_notification(), to_enterprise, "cinnabar.inbox"});
}

TEST_F(InboxTest, ShowsTheNewestFirstAndOnlyOnesOwn) {
  deliver("msg_1");
  deliver("msg_2");
  deliver("msg_3", "contract.completed", "per_2");
  EXPECT_EQ(ids(), (Ids{"msg_2", "msg_1"}));
  EXPECT_EQ(ids({{"limit", "1"}}), (Ids{"msg_2"}));
  EXPECT_EQ(ids({{"before", "msg_2"}}), (Ids{"msg_1"}));
  EXPECT_EQ(ids({}, "per_2"), (Ids{"msg_3"}));
}

TEST_F(InboxTest, MarksAsReadOnceAndOnlyForTheRecipient) {
  deliver("msg_1");
  EXPECT_EQ(world.refusal(testing::as("per_2"), "inbox.read", {{"message", "msg_1"}}),
            "inbox.not_found");
  const Json first = world.call(testing::as("per_1"), "inbox.read", {{"message", "msg_1"}});
  world.host.advance_ms(1'000);
  const Json second = world.call(testing::as("per_1"), "inbox.read", {{"message", "msg_1"}});
  EXPECT_EQ(first["read_at"].text(), second["read_at"].text());
  EXPECT_EQ(ids({{"unread", "true"}}), Ids{});
  EXPECT_EQ(ids(), (Ids{"msg_1"}));
}

TEST_F(InboxTest, ForgetsACodeWhenItIsOfNoMoreUse) {
  deliver("msg_1", "auth.code");
  EXPECT_EQ(ids(), (Ids{"msg_1"}));
  world.host.advance_ms(5 * 60'000);
  EXPECT_EQ(ids(), Ids{});
  world.host.advance_ms(1);
  deliver("msg_2", "auth.code");
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM inbox_message").integer(), 1);
}

TEST_F(InboxTest, CarriesNoCodesWhereAnotherChannelDoes) {
  world.host.set_config(R"({"carry_codes":false})");
  deliver("msg_1", "auth.code");
  deliver("msg_2");
  EXPECT_EQ(ids(), (Ids{"msg_2"}));
}

TEST_F(InboxTest, RefusesAPageThatIsNoPage) {
  for (const char* limit : {"0", "-1", "201", "x", "1x", "99999999999999999999"})
    EXPECT_THROW(ids({{"limit", limit}}), Error) << limit;
}

}  // namespace
}  // namespace cinnabar
