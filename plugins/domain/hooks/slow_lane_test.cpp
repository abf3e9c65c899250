// One owner's endless work keeps nobody else waiting, and its callers get an answer.
#include "slow_lane.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <future>

namespace cinnabar::hooks {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLong{30'000};

// Work that ends when it is told to, or cancelled.
struct Gate {
  std::promise<void> begun;
  std::atomic<bool> open{false};
  SlowLane::Work work() {
    return [this](const std::atomic<bool>& cancelled) {
      begun.set_value();
      while (!open && !cancelled) std::this_thread::yield();
    };
  }
};

TEST(SlowLane, RunsTheWorkAtLowPriority) {
  SlowLane lane(1);
  int priority = 0;
  EXPECT_EQ(lane.run("a", kLong,
                     [&](const std::atomic<bool>&) {
                       priority = getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()));
                     }),
            SlowLane::End::done);
  EXPECT_EQ(priority, 19);
  EXPECT_LT(getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())), 19);
}

TEST(SlowLane, WorkThatDoesNotEndIsCancelledWhenTheTimeIsOver) {
  SlowLane lane(1);
  auto gate = std::make_shared<Gate>();
  EXPECT_EQ(lane.run("a", milliseconds(20),
                     [gate, work = gate->work()](const std::atomic<bool>& c) { work(c); }),
            SlowLane::End::late);
  EXPECT_EQ(lane.run("a", kLong, [](const std::atomic<bool>&) {}), SlowLane::End::done);
}

TEST(SlowLane, AnOwnerRunsOneAtATimeAndOthersGoOn) {
  SlowLane lane(2);
  Gate gate;
  auto first = std::async(std::launch::async, [&] { return lane.run("a", kLong, gate.work()); });
  gate.begun.get_future().wait();
  std::atomic<bool> second_ran{false};
  auto second = std::async(std::launch::async, [&] {
    return lane.run("a", kLong, [&](const std::atomic<bool>&) { second_ran = true; });
  });
  // The second thread is free, yet it is not for the same owner.
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(lane.run("b", kLong, [](const std::atomic<bool>&) {}), SlowLane::End::done);
  EXPECT_FALSE(second_ran);
  gate.open = true;
  EXPECT_EQ(first.get(), SlowLane::End::done);
  EXPECT_EQ(second.get(), SlowLane::End::done);
  EXPECT_TRUE(second_ran);
}

TEST(SlowLane, AnOwnersQueueIsShort) {
  SlowLane lane(1);
  Gate gate;
  std::vector<std::future<SlowLane::End>> waiting;
  waiting.push_back(
      std::async(std::launch::async, [&] { return lane.run("a", kLong, gate.work()); }));
  gate.begun.get_future().wait();
  constexpr int kCallers = 8;
  std::atomic<int> busy{0};
  std::promise<void> enough;
  for (int i = 0; i < kCallers; ++i)
    waiting.push_back(std::async(std::launch::async, [&] {
      const auto end = lane.run("a", kLong, [](const std::atomic<bool>&) {});
      if (end == SlowLane::End::busy && ++busy == kCallers - static_cast<int>(kSlowLaneQueueMax))
        enough.set_value();
      return end;
    }));
  EXPECT_EQ(enough.get_future().wait_for(kLong), std::future_status::ready);
  gate.open = true;
  int done = 0;
  for (auto& end : waiting) done += end.get() == SlowLane::End::done;
  EXPECT_EQ(done, 1 + static_cast<int>(kSlowLaneQueueMax));
}

}  // namespace
}  // namespace cinnabar::hooks
