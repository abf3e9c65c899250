#include "attempts.hpp"

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

TEST(Attempts, TheFirstMistakesAreFree) {
  for (int failures = 0; failures < kFreeFailures; ++failures)
    EXPECT_EQ(wait_after_ms(failures), 0) << failures;
}

TEST(Attempts, ThenTheWaitDoublesUpToALimit) {
  EXPECT_EQ(wait_after_ms(kFreeFailures), kFirstWaitMs);
  EXPECT_EQ(wait_after_ms(kFreeFailures + 1), 2 * kFirstWaitMs);
  EXPECT_EQ(wait_after_ms(kFreeFailures + 2), 4 * kFirstWaitMs);
  EXPECT_EQ(wait_after_ms(kFreeFailures + 30), kLastWaitMs);
  EXPECT_EQ(wait_after_ms(1'000'000'000), kLastWaitMs);
}

// Six digits are a million guesses; a day must allow only a few hundred.
TEST(Attempts, ADayAllowsFewGuesses) {
  std::int64_t elapsed = 0;
  int guesses = 0;
  for (; elapsed < 24 * 3'600'000; ++guesses) elapsed += wait_after_ms(guesses + 1);
  EXPECT_LT(guesses, 120);
}

}  // namespace
}  // namespace cinnabar
