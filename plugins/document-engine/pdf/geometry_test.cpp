#include "geometry.hpp"

#include <gtest/gtest.h>

namespace cinnabar::pdf {
namespace {

// Crop box 10.5..410.5 by 20.25..620.25, so 400 x 600 units.
PageGeometry page(int rotate, double user_unit = 1) {
  return {{10'500'000, 20'250'000, 410'500'000, 620'250'000}, rotate, user_unit};
}

std::string text(const Box& box) {
  return format_micro(box.left) + " " + format_micro(box.bottom) + " " + format_micro(box.right) +
         " " + format_micro(box.top);
}

TEST(Geometry, DecimalsComeOutAsTheyWentIn) {
  for (const char* decimal : {"0", "1", "-1", "0.5", "-12.345678", "595.276", "841.89", "100"})
    EXPECT_EQ(format_micro(parse_micro(decimal)), decimal);
  EXPECT_EQ(format_micro(parse_micro("0.12345678")), "0.123457");
  EXPECT_EQ(format_micro(parse_micro(".5")), "0.5");
  EXPECT_EQ(format_micro(parse_micro("+7.")), "7");
}

TEST(Geometry, NonsenseCoordinatesDoNotOverflow) {
  EXPECT_EQ(parse_micro("99999999999999999999999"), parse_micro("1000000"));
}

TEST(Geometry, DisplayedSizeFollowsRotationAndUserUnit) {
  EXPECT_EQ(displayed_size(page(0)).width, 400'000);
  EXPECT_EQ(displayed_size(page(90)).width, 600'000);
  EXPECT_EQ(displayed_size(page(180)).height, 600'000);
  EXPECT_EQ(displayed_size(page(270, 2.5)).width, 1'500'000);
}

TEST(Geometry, RectanglesLandInUserSpaceAtEachRotation) {
  const PageRect rect{10'000, 20'000, 30'500, 40'000};  // from the displayed top left
  EXPECT_EQ(text(to_user_space(page(0), rect)), "20.5 560.25 51 600.25");
  EXPECT_EQ(text(to_user_space(page(90), rect)), "30.5 30.25 70.5 60.75");
  EXPECT_EQ(text(to_user_space(page(180), rect)), "370 40.25 400.5 80.25");
  EXPECT_EQ(text(to_user_space(page(270), rect)), "350.5 579.75 390.5 610.25");
}

TEST(Geometry, UserUnitScalesRectangles) {
  EXPECT_EQ(text(to_user_space(page(0, 2), {10'000, 20'000, 30'000, 40'000})),
            "15.5 590.25 30.5 610.25");
}

TEST(Geometry, RectanglesOutsideThePageAreSeen) {
  EXPECT_TRUE(lies_on_page(page(0), {0, 0, 400'000, 600'000}));
  EXPECT_FALSE(lies_on_page(page(0), {0, 0, 400'002, 600'000}));
  EXPECT_FALSE(lies_on_page(page(90), {0, 0, 400'000, 600'000}));
  EXPECT_FALSE(lies_on_page(page(0), {-1, 0, 10, 10}));
}

TEST(Geometry, DisplayMatrixPutsCornersOnTheCropBox) {
  EXPECT_EQ(format_matrix(display_matrix(page(0))), "1 0 0 1 10.5 20.25");
  EXPECT_EQ(format_matrix(display_matrix(page(90))), "0 1 -1 0 410.5 20.25");
  EXPECT_EQ(format_matrix(display_matrix(page(180))), "-1 0 0 -1 410.5 620.25");
  EXPECT_EQ(format_matrix(display_matrix(page(270, 2))), "0 -0.5 0.5 0 10.5 620.25");
}

}  // namespace
}  // namespace cinnabar::pdf
