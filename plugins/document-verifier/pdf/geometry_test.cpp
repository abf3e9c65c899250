#include "geometry.hpp"

#include <gtest/gtest.h>

namespace cinnabar::pdf {
namespace {

Path square(double left, double bottom, double side) {
  return {{Box{left, bottom, left + side, bottom + side}.corners()}, false};
}

TEST(Geometry, AMatrixIsCarriedOutBeforeTheNext) {
  const Matrix turned{0, 1, -1, 0, 0, 0}, moved{1, 0, 0, 1, 10, 20};
  const Point point = then(turned, moved).apply({1, 0});
  EXPECT_DOUBLE_EQ(point.x, 10);
  EXPECT_DOUBLE_EQ(point.y, 21);
  EXPECT_DOUBLE_EQ((Matrix{2, 0, 0, 8, 5, 5}).scale(), 4);
}

TEST(Geometry, ABoxTakesItsCornersInAnyOrder) {
  const auto box = box_of({30, 40, 10, 20});
  ASSERT_TRUE(box);
  EXPECT_TRUE(box->holds({10, 40}));
  EXPECT_FALSE(box->shrunk(1).holds({10, 40}));
  EXPECT_FALSE(box_of({1, 2, 3}));
}

TEST(Geometry, APathCoversWhatLiesInsideOrNextToIt) {
  const Path path = square(10, 10, 10);
  EXPECT_TRUE(path.covers({15, 15}, 0));
  EXPECT_TRUE(path.covers({20.2, 15}, 0.25));
  EXPECT_FALSE(path.covers({20.2, 15}, 0));
  EXPECT_FALSE(path.covers({15, 21}, 0.25));
  EXPECT_FALSE(Path{}.covers({0, 0}, 1));
}

TEST(Geometry, AHoleIsWhereThePathsSayOne) {
  Path ring = square(0, 0, 30);
  ring.rings.push_back(square(10, 10, 10).rings[0]);
  EXPECT_TRUE(ring.covers({15, 15}, 0)) << "both wind the same way";
  ring.even_odd = true;
  EXPECT_FALSE(ring.covers({15, 15}, 0));
  ring.even_odd = false;
  std::reverse(ring.rings[1].begin(), ring.rings[1].end());
  EXPECT_FALSE(ring.covers({15, 15}, 0));
  EXPECT_TRUE(ring.covers({5, 5}, 0));
}

}  // namespace
}  // namespace cinnabar::pdf
