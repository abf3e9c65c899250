// kill -9 at random moments: what was acknowledged is there, once, and work goes on.
#include "process.hpp"
#include "storage.hpp"

#include <gtest/gtest.h>

#include <random>

namespace cinnabar::fault {
namespace {

// CINNABAR_KILLS raises it; few enough by default for every run of the tests.
int kills() {
  const char* text = std::getenv("CINNABAR_KILLS");
  return text ? std::atoi(text) : 20;
}

TEST(Kill, acknowledged_commits_survive_once_and_nothing_is_stuck) {
  testing::TestFolder temporary;
  const std::string folder = (temporary.path / "data").string();
  std::mt19937 random(std::random_device{}());
  std::set<std::string> acknowledged;
  std::string item;
  for (int round = 0; round < kills(); ++round) {
    Process writer({CINNABAR_FAULT_WRITER, folder, "4", "1000000"});
    // At the first of them while it opens, later within its work.
    const int lines = static_cast<int>(random() % 60);
    for (int i = 0; i < lines && writer.line(item); ++i) acknowledged.insert(item);
    writer.kill();
    while (writer.line(item)) acknowledged.insert(item);
    ASSERT_EQ(writer.wait(), -9) << "it ended by itself";
    Storage storage(folder);
    ASSERT_EQ(storage.faults(acknowledged), std::vector<std::string>{}) << "round " << round;
  }
  EXPECT_GT(acknowledged.size(), static_cast<std::size_t>(kills()));

  // What was on its way when it died comes to its end, once.
  Storage storage(folder);
  storage.start_background();
  ASSERT_TRUE(storage.finish_background()) << "something is stuck";
  EXPECT_EQ(storage.effect_faults(), std::vector<std::string>{});
}

}  // namespace
}  // namespace cinnabar::fault
