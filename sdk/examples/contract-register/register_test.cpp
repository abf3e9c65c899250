// The plugin through its entry, as the kernel calls it, with its tables in memory.
#include "register.hpp"

#include <cinnabar/testing/domain_world.hpp>

#include <gtest/gtest.h>

extern "C" const cinnabar_plugin* cinnabar_plugin_v1();

namespace contract_register {
namespace {

using namespace cinnabar;
using cinnabar::testing::as;

class RegisterTest : public ::testing::Test {
 protected:
  static StoredEvent completed(const std::string& contract, const std::string& at,
                               const std::string& owner = "ent_a") {
    StoredEvent event;
    event.type = "contract.completed";
    event.aggregate = contract;
    event.owner = owner;
    event.at = *from_rfc3339(at);
    return event;
  }
  std::vector<std::string> numbers(const std::string& year = {}) {
    std::map<std::string, std::string> query;
    if (!year.empty()) query["year"] = year;
    const Json list = world_.call(as("per_a", "ent_a"), "register.list", {}, {}, {}, query);
    std::vector<std::string> out;
    for (const Json& entry : list["entries"].items()) out.push_back(entry["number"].text());
    return out;
  }
  using Numbers = std::vector<std::string>;

  cinnabar::testing::DomainWorld world_{&cinnabar_plugin_v1, "com.example.contract-register",
                                        __FILE__};
};

TEST_F(RegisterTest, NumbersTheContractsOfAYear) {
  world_.deliver(completed("con_1", "2026-03-01T00:00:00Z"));
  world_.deliver(completed("con_2", "2026-04-01T00:00:00Z"));
  // New year in China, still the old one in UTC.
  world_.deliver(completed("con_3", "2026-12-31T16:00:00Z"));
  EXPECT_EQ(numbers(), (Numbers{"2026-0001", "2026-0002", "2027-0001"}));
  EXPECT_EQ(numbers("2027"), (Numbers{"2027-0001"}));
}

TEST_F(RegisterTest, AnEventThatComesTwiceCountsOnce) {
  world_.deliver(completed("con_1", "2026-03-01T00:00:00Z"));
  world_.deliver(completed("con_1", "2026-03-01T00:00:00Z"));
  EXPECT_EQ(numbers(), (Numbers{"2026-0001"}));
  EXPECT_EQ(world_.events.size(), 1u);
}

TEST_F(RegisterTest, OfTwoAtOnceEachGetsANumberOfItsOwn) {
  world_.deliver(completed("con_1", "2026-03-01T00:00:00Z"));
  world_.before_commit = [&] {
    world_.database.commit(
        {{"UPDATE register_counter SET last = 2 WHERE owner = ? AND year = ?",
          {Json("ent_a"), Json(2026)}, 1, {}}});
  };
  world_.deliver(completed("con_3", "2026-03-02T00:00:00Z"));
  EXPECT_EQ(world_.computed, 2);
  EXPECT_EQ(numbers(), (Numbers{"2026-0001", "2026-0003"}));
}

TEST_F(RegisterTest, EveryOwnerCountsForItself) {
  world_.deliver(completed("con_1", "2026-03-01T00:00:00Z", "ent_b"));
  world_.deliver(completed("con_2", "2026-03-01T00:00:00Z"));
  EXPECT_EQ(numbers(), (Numbers{"2026-0001"}));
}

TEST_F(RegisterTest, RefusesWhatIsNoYear) {
  EXPECT_THROW(numbers("26"), Error);
  EXPECT_THROW(numbers("2026-"), Error);
}

}  // namespace
}  // namespace contract_register
