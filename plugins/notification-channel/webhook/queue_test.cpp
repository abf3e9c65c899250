#include "queue.hpp"

#include "endpoints.hpp"

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

TEST(Queue, TakesEverySuccessAndNothingElseForOne) {
  for (const int status : {200, 201, 202, 204, 299})
    EXPECT_EQ(after_post({}, {status, {}}, {}).state, MessageState::delivered) << status;
  for (const int status : {0, 100, 199, 300, 302, 400, 410, 500, 503})
    EXPECT_EQ(after_post({}, {status, {}}, {}).state, MessageState::pending) << status;
}

TEST(Queue, TriesForDaysWithGrowingPauses) {
  MessageRow row;
  Time now{1'000};
  std::int64_t pause = 0;
  while (row.state == MessageState::pending) {
    row = after_post(row, {500, {}}, now);
    if (row.state != MessageState::pending) break;
    EXPECT_GT(row.next_at.ms - now.ms, pause);
    pause = row.next_at.ms - now.ms;
    now = row.next_at;
  }
  EXPECT_EQ(row.state, MessageState::dead);
  EXPECT_EQ(row.status, 500);
  EXPECT_GT(now.ms, 3 * 86'400'000LL);
}

TEST(Queue, WritesThePayloadAsTheStandardHasIt) {
  EXPECT_EQ(payload_of("contract.signed", Time{0}, Json::object().set("contract", "con_1")),
            R"({"type":"contract.signed","timestamp":"1970-01-01T00:00:00.000Z",)"
            R"("data":{"contract":"con_1"}})");
  EXPECT_EQ(payload_of("x", Time{0}, Json()),
            R"({"type":"x","timestamp":"1970-01-01T00:00:00.000Z","data":{}})");
}

TEST(Endpoint, WantsEventsByNameOrFamily) {
  EXPECT_TRUE(event_fits("contract.signed", "contract.signed"));
  EXPECT_TRUE(event_fits("contract.*", "contract.signed"));
  EXPECT_TRUE(event_fits("*", "contract.signed"));
  EXPECT_FALSE(event_fits("contract.sign", "contract.signed"));
  EXPECT_FALSE(event_fits("seal.*", "contract.signed"));
}

}  // namespace
}  // namespace cinnabar
