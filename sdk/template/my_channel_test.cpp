#include "my_channel.hpp"

#include <cinnabar/testing/fake_host.hpp>
#include <cinnabar/testing/notification_channel_suite.hpp>

#include <gtest/gtest.h>

namespace my_channel {
namespace {

TEST(MyChannel, KeepsTheContract) {
  cinnabar::testing::FakeHost fake;
  MyChannel channel(fake.host());
  cinnabar::Notification without_number = cinnabar::testing::usual_notification();
  without_number.mobile.clear();
  cinnabar::testing::check_notification_channel(
      {channel, cinnabar::testing::usual_notification(), without_number});
}

TEST(MyChannel, PutsTheEnterprisesPrefixBeforeTheTitle) {
  cinnabar::testing::FakeHost fake;
  MyChannel channel(fake.host());
  cinnabar::testing::LocalService<cinnabar::NotificationChannel> service(channel, "ent_test",
                                                                         R"({"prefix":"[A] "})");
  service->deliver(cinnabar::testing::usual_notification());
  EXPECT_EQ(fake.log().at(0).text, "[A] 合同待签署");
}

}  // namespace
}  // namespace my_channel
