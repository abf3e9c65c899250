#include "delivery.hpp"

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

DeliveryRow fresh(const char* kind = "contract.completed") {
  DeliveryRow row;
  row.kind = kind;
  return row;
}

TEST(Delivery, IsDoneWhenDelivered) {
  Attempt attempt;
  attempt.delivered = true;
  const DeliveryRow row = after_attempt(fresh(), attempt, Time{0}, Time{7});
  EXPECT_EQ(row.state, DeliveryState::delivered);
  EXPECT_EQ(row.attempts, 1);
  EXPECT_EQ(row.at.ms, 7);
}

TEST(Delivery, IsRepeatedWithGrowingPausesForDaysAndThenGivenUp) {
  DeliveryRow row = fresh();
  std::int64_t last = 0, total = 0;
  while (row.state == DeliveryState::waiting) {
    row = after_attempt(row, {}, Time{0}, Time{total});
    if (row.state != DeliveryState::waiting) break;
    const auto pause = pause_after_ms(row.attempts);
    ASSERT_TRUE(pause);
    EXPECT_GE(*pause, last);
    last = *pause;
    total += last;
  }
  EXPECT_EQ(row.state, DeliveryState::dead);
  EXPECT_GT(total, 2 * 86'400'000LL);
  EXPECT_LT(row.attempts, 20);
}

TEST(Delivery, OfACodeEndsWithTheCode) {
  EXPECT_EQ(after_attempt(fresh("auth.code"), {}, Time{0}, Time{1'000}).state,
            DeliveryState::waiting);
  EXPECT_EQ(after_attempt(fresh("auth.code"), {}, Time{0}, Time{kSecretLifeMs}).state,
            DeliveryState::dead);
}

TEST(Delivery, IsNotRepeatedWhenRefused) {
  const Error refused("sms.number_blocked", {{"number", "1"}});
  EXPECT_EQ(after_attempt(fresh(), failed_attempt(refused, "contract.x"), {}, {}).state,
            DeliveryState::dead);
  const Error later("sms.gateway", {}, {}, CINNABAR_UNAVAILABLE);
  EXPECT_EQ(after_attempt(fresh(), failed_attempt(later, "contract.x"), {}, {}).state,
            DeliveryState::waiting);
}

TEST(Delivery, LogsNothingOfASecret) {
  const Error error("sms.gateway", {{"text", "your code is 123456"}}, {}, CINNABAR_UNAVAILABLE);
  EXPECT_EQ(failed_attempt(error, "auth.code").detail, "sms.gateway");
  EXPECT_NE(failed_attempt(error, "contract.x").detail, "sms.gateway");
}

TEST(Delivery, GoesOverTheChannelsOfWhomTheRecipientActsFor) {
  Notification message;
  EXPECT_THROW(recipient_owner(message), Error);
  message.person = "per_1";
  EXPECT_EQ(recipient_owner(message), "per_1");
  message.enterprise = "ent_1";
  EXPECT_EQ(recipient_owner(message), "ent_1");
}

}  // namespace
}  // namespace cinnabar
