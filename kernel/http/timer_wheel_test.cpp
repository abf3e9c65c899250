#include <cinnabar/timer_wheel.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace cinnabar::kernel {
namespace {

class Watched final : public TimerEntry {
 public:
  explicit Watched(const TimerWheel& wheel) : wheel_(wheel) {}
  std::int64_t fired_at = -1;

 private:
  void on_deadline() override { fired_at = wheel_.now(); }
  const TimerWheel& wheel_;
};

TEST(TimerWheel, FiresAtItsDeadline) {
  for (const std::int64_t deadline : {1, 2, 63, 64, 65, 128, 1000}) {
    TimerWheel wheel;
    Watched entry(wheel);
    wheel.set(entry, deadline);
    for (int i = 0; i < 1100; ++i) wheel.tick();
    EXPECT_EQ(entry.fired_at, deadline);
  }
}

TEST(TimerWheel, FollowsADeadlineThatMoves) {
  TimerWheel wheel;
  Watched later(wheel), sooner(wheel), never(wheel);
  wheel.set(later, 5);
  wheel.set(sooner, 500);
  wheel.set(never, 5);
  wheel.tick();
  wheel.set(later, 90);
  wheel.set(sooner, 3);
  wheel.set(never, TimerEntry::kNever);
  for (int i = 0; i < 200; ++i) wheel.tick();
  EXPECT_EQ(later.fired_at, 90);
  EXPECT_EQ(sooner.fired_at, 3);
  EXPECT_EQ(never.fired_at, -1);
}

TEST(TimerWheel, ForgetsWhatLeavesOrGoes) {
  TimerWheel wheel;
  Watched removed(wheel);
  wheel.set(removed, 3);
  wheel.remove(removed);
  {
    Watched gone(wheel);
    wheel.set(gone, 2);
  }
  int seen = 0;
  wheel.each([&](TimerEntry&) { ++seen; });
  EXPECT_EQ(seen, 0);
  for (int i = 0; i < 10; ++i) wheel.tick();
  EXPECT_EQ(removed.fired_at, -1);
}

}  // namespace
}  // namespace cinnabar::kernel
