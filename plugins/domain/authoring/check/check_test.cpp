#include "check/check.hpp"

#include <gtest/gtest.h>

namespace cinnabar::authoring {
namespace {

const std::filesystem::path kFixtures(FIXTURES);

TEST(Check, AGoodPluginPassesEveryStep) {
  for (const CheckStep& step : check_plugin(kFixtures / "test.probe"))
    EXPECT_TRUE(step.passed()) << step.name << ": " << step.findings[0].what;
}

TEST(Check, ALibraryIsCheckedWithTheManifestBesideIt) {
  const auto steps = check_plugin(kFixtures / "test.probe" / "plugin.so");
  EXPECT_GT(steps.size(), 2u);
  EXPECT_TRUE(steps.back().passed());
}

TEST(Check, ABadPluginSaysWhy) {
  const auto steps = check_plugin(kFixtures / "test.next-major");
  ASSERT_FALSE(steps.back().passed());
  EXPECT_EQ(steps.back().findings[0].what, "built for contract 2, this one is 1");
}

}  // namespace
}  // namespace cinnabar::authoring
