// What every notification channel must do, as a test that its author runs (GoogleTest):
//
//   TEST(Sms, KeepsTheContract) {
//     Sms sms(gateway);
//     testing::NotificationChannelCase test{sms, testing::usual_notification()};
//     testing::check_notification_channel(test);
//   }
//
// Everything goes through the boundary, as in the kernel. One thread.
#pragma once

#include <cinnabar/services/notification_channel.hpp>
#include <cinnabar/testing/local_service.hpp>

#include <gtest/gtest.h>

namespace cinnabar::testing {

struct NotificationChannelCase {
  NotificationChannel& channel;
  Notification deliverable;   // that it can deliver
  Notification undeliverable{};  // that is not for it; without an id: there is no such thing
  std::string plugin{};       // id that its contributions are stamped with; empty: it has no tables
  std::string config{};       // JSON: an enterprise's configuration of the channel
};

inline Notification usual_notification() {
  Notification out;
  out.id = "msg_test";
  out.kind = "contract.your_turn";
  out.person = "per_test";
  out.mobile = "13800138000";
  out.title = "合同待签署";
  out.text = "《采购合同》等待您签署。";
  out.link = "/contracts/con_test";
  out.contract = "con_test";
  return out;
}

inline void check_notification_channel(const NotificationChannelCase& test) {
  const LocalService<NotificationChannel> service(test.channel, "ent_test", test.config);
  const Receipt first = service->deliver(test.deliverable);
  EXPECT_TRUE(first.delivered) << first.detail;
  for (const Statement& statement : first.writes.statements)
    EXPECT_EQ(statement.plugin, test.plugin) << "a service says whose tables it writes to";
  for (const JobDraft& job : first.writes.jobs) EXPECT_EQ(job.plugin, test.plugin);

  // At least once: the same message may come again, and must not be an error.
  EXPECT_TRUE(service->deliver(test.deliverable).delivered);

  const std::string text = test.deliverable.text;
  EXPECT_TRUE(text.empty() || first.detail.find(text) == std::string::npos)
      << "the detail goes to the delivery log and must not hold the text";

  if (test.undeliverable.id.empty()) return;
  const Receipt refused = service->deliver(test.undeliverable);
  EXPECT_FALSE(refused.delivered) << "what is not for a channel is not tried again";
  EXPECT_FALSE(refused.detail.empty()) << "the delivery log says why";
}

}  // namespace cinnabar::testing
