#include "arc_layout.hpp"

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

constexpr ArcRoom kRoom{18.9, 4.1, 6.4, 2.6};

TEST(ArcLayout, IsSymmetric) {
  for (std::size_t n = 1; n <= 45; ++n) {
    const auto layout = lay_out_arc(std::vector<double>(n, 1.0), kRoom);
    ASSERT_TRUE(layout) << n;
    for (std::size_t i = 0; i < n; ++i)
      EXPECT_NEAR(layout->angles[i], -layout->angles[n - 1 - i], 1e-9) << n;
  }
}

TEST(ArcLayout, CharactersNeverTouchNorLeaveTheArc) {
  for (std::size_t n = 2; n <= 45; ++n) {
    const auto layout = lay_out_arc(std::vector<double>(n, 1.0), kRoom);
    ASSERT_TRUE(layout) << n;
    const double radius = kRoom.outer_radius - 0.7 * layout->height;
    const double width = layout->stretch * layout->height;
    for (std::size_t i = 1; i < n; ++i)
      EXPECT_GT((layout->angles[i] - layout->angles[i - 1]) * radius, width) << n;
    EXPECT_LE(layout->angles.back() + width / radius / 2, kRoom.angle_max / 2 + 1e-9) << n;
  }
}

TEST(ArcLayout, CondensesBeforeItShrinks) {
  const auto short_name = lay_out_arc(std::vector<double>(6, 1.0), kRoom);
  const auto usual = lay_out_arc(std::vector<double>(14, 1.0), kRoom);
  const auto long_name = lay_out_arc(std::vector<double>(40, 1.0), kRoom);
  EXPECT_EQ(short_name->stretch, 1);
  EXPECT_EQ(short_name->height, kRoom.height);
  EXPECT_LT(usual->stretch, 1);
  EXPECT_EQ(usual->height, kRoom.height);
  EXPECT_LT(long_name->height, kRoom.height);
}

TEST(ArcLayout, RefusesWhatWouldBeIllegible) {
  EXPECT_FALSE(lay_out_arc(std::vector<double>(200, 1.0), kRoom));
  EXPECT_FALSE(lay_out_arc({}, kRoom));
}

}  // namespace
}  // namespace cinnabar
