// When a script is given up for a while, and when it is tried again.
#include "breaker.hpp"

#include <gtest/gtest.h>

namespace cinnabar::hooks {
namespace {

void fail_often(Breaker& breaker, std::int64_t now_ms) {
  for (int i = 0; i < kBreakerFailures; ++i) breaker.failed("a", "v1", now_ms);
}

TEST(Breaker, OpensAfterSeveralFailuresWithinTheWindow) {
  Breaker breaker;
  for (int i = 1; i < kBreakerFailures; ++i) breaker.failed("a", "v1", 0);
  EXPECT_TRUE(breaker.allows("a", "v1", 0));
  breaker.failed("a", "v1", 0);
  EXPECT_FALSE(breaker.allows("a", "v1", 0));
  EXPECT_FALSE(breaker.allows("a", "v1", kBreakerOpenMs - 1));
}

TEST(Breaker, FailuresFarApartDoNotOpenIt) {
  Breaker breaker;
  for (int i = 0; i < 10; ++i) breaker.failed("a", "v1", i * (kBreakerWindowMs + 1));
  EXPECT_TRUE(breaker.allows("a", "v1", 10 * kBreakerWindowMs));
}

TEST(Breaker, OneTrialIsAllowedAfterwards) {
  Breaker breaker;
  fail_often(breaker, 0);
  EXPECT_TRUE(breaker.allows("a", "v1", kBreakerOpenMs));
  EXPECT_FALSE(breaker.allows("a", "v1", kBreakerOpenMs));
}

TEST(Breaker, FailedTrialsOpenItForLonger) {
  Breaker breaker;
  fail_often(breaker, 0);
  breaker.failed("a", "v1", kBreakerOpenMs);
  EXPECT_FALSE(breaker.allows("a", "v1", kBreakerOpenMs * 3 - 1));
  EXPECT_TRUE(breaker.allows("a", "v1", kBreakerOpenMs * 3));
  for (int i = 0; i < 20; ++i) breaker.failed("a", "v1", 0);
  EXPECT_TRUE(breaker.allows("a", "v1", kBreakerOpenMaxMs));
}

TEST(Breaker, SuccessClosesIt) {
  Breaker breaker;
  fail_often(breaker, 0);
  breaker.succeeded("a");
  EXPECT_TRUE(breaker.allows("a", "v1", 0));
}

TEST(Breaker, AnotherVersionAndAnotherKeyAreNotConcerned) {
  Breaker breaker;
  fail_often(breaker, 0);
  EXPECT_TRUE(breaker.allows("a", "v2", 0));
  EXPECT_TRUE(breaker.allows("b", "v1", 0));
  breaker.failed("a", "v2", 0);
  EXPECT_TRUE(breaker.allows("a", "v2", 0));
}

}  // namespace
}  // namespace cinnabar::hooks
