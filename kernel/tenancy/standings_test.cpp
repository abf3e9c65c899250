#include <cinnabar/enterprise_standing.hpp>

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

TEST(EnterpriseStanding, TheWidestScopeOfAllRolesCounts) {
  Standing from;
  from.roles = {{"a", {{"thing.view", "own"}, {"thing.make", "enterprise"}}},
                {"b", {{"thing.view", "department"}}},
                {"c", {{"thing.view", "galaxy"}}}};
  from.members = {{"per_1", "", {0, 1}}, {"per_2", "", {2}}, {"per_3", "", {7, -1}}};
  const EnterpriseStanding standing(from);
  const auto* one = standing.member("per_1");
  ASSERT_TRUE(one);
  EXPECT_EQ(standing.scope(*one, "thing.view"), Reach::department);
  EXPECT_EQ(standing.scope(*one, "thing.make"), Reach::enterprise);
  EXPECT_EQ(standing.scope(*one, "thing.unknown"), Reach::none);
  EXPECT_EQ(standing.roles(*one), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(standing.scope(*standing.member("per_2"), "thing.view"), Reach::none);
  EXPECT_EQ(standing.scope(*standing.member("per_3"), "thing.view"), Reach::none);
  EXPECT_FALSE(standing.member("per_4"));
}

TEST(EnterpriseStanding, ADepartmentCoversItselfAndWhatIsBelow) {
  Standing from;
  from.departments = {{"leaf", "mid"}, {"mid", "top"}, {"top", ""}, {"other", ""}};
  from.members = {{"per_mid", "mid", {}}, {"per_none", "", {}}, {"per_lost", "gone", {}}};
  const EnterpriseStanding standing(from);
  const auto covers = [&](const char* person, const char* department) {
    return standing.covers(*standing.member(person), department);
  };
  EXPECT_TRUE(covers("per_mid", "mid"));
  EXPECT_TRUE(covers("per_mid", "leaf"));
  EXPECT_FALSE(covers("per_mid", "top"));
  EXPECT_FALSE(covers("per_mid", "other"));
  EXPECT_FALSE(covers("per_mid", ""));
  EXPECT_FALSE(covers("per_none", "mid"));
  EXPECT_FALSE(covers("per_none", ""));
  EXPECT_FALSE(covers("per_lost", "gone"));
  EXPECT_EQ(standing.departments(*standing.member("per_mid")),
            (std::vector<std::string>{"mid", "leaf"}));
}

TEST(EnterpriseStanding, DepartmentsInACircleCoverNothing) {
  Standing from;
  from.departments = {{"a", "b"}, {"b", "a"}, {"own", "own"}, {"top", ""}};
  from.members = {{"per_a", "a", {}}, {"per_own", "own", {}}, {"per_top", "top", {}}};
  const EnterpriseStanding standing(from);
  EXPECT_FALSE(standing.covers(*standing.member("per_a"), "b"));
  EXPECT_FALSE(standing.covers(*standing.member("per_own"), "own"));
  EXPECT_TRUE(standing.covers(*standing.member("per_top"), "top"));
}

}  // namespace
}  // namespace cinnabar::kernel
