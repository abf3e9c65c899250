#include "machine.hpp"

#include <cinnabar/error.hpp>

#include <gtest/gtest.h>

#include <set>

namespace cinnabar {
namespace {

constexpr int kStages = 7, kSteps = 11;

TEST(VerificationMachine, EveryPairLeadsSomewhereOrIsRefused) {
  int allowed = 0;
  for (int stage = 0; stage < kStages; ++stage)
    for (int step = 0; step < kSteps; ++step) {
      const auto from = static_cast<Stage>(stage);
      const auto by = static_cast<Step>(step);
      if (may_step(from, by)) {
        ++allowed;
        EXPECT_NO_THROW(next_stage(from, by));
      } else {
        EXPECT_THROW(next_stage(from, by), Error);
      }
    }
  EXPECT_EQ(allowed, 14);
}

TEST(VerificationMachine, EveryStageIsReachedAndLeadsToVerified) {
  const auto reached = [](Stage from) {
    std::set<Stage> all{from};
    for (std::size_t before = 0; before != all.size();) {
      before = all.size();
      for (const Stage stage : std::set<Stage>(all))
        for (int step = 0; step < kSteps; ++step)
          if (may_step(stage, static_cast<Step>(step)))
            all.insert(next_stage(stage, static_cast<Step>(step)));
    }
    return all;
  };
  EXPECT_EQ(reached(Stage::filling).size(), static_cast<std::size_t>(kStages));
  for (int stage = 0; stage < kStages; ++stage)
    EXPECT_TRUE(reached(static_cast<Stage>(stage)).count(Stage::verified));
}

TEST(VerificationMachine, NothingLeadsAwayFromVerified) {
  for (int step = 0; step < kSteps; ++step)
    EXPECT_FALSE(may_step(Stage::verified, static_cast<Step>(step)));
}

}  // namespace
}  // namespace cinnabar
