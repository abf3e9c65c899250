#include "appearance.hpp"

#include "test_document.hpp"

#include <gtest/gtest.h>

namespace cinnabar::pades {
namespace {

struct Written {
  FieldMap map;
  SegmentWriter out{{1000, 900, 50}, map, 1000};
};

PreparedField field_of(int rotate, double width, double height) {
  PreparedField field;
  field.name = "f";
  field.rotate = rotate;
  field.width = width;
  field.height = height;
  return field;
}

std::string appearance(const PreparedField& field, const Mark& mark, const Drawing& drawing) {
  Written written;
  write_appearance(written.out, 51, field, mark, &drawing, 50);
  return written.out.bytes;
}

TEST(Appearance, StandsInTheMiddleAtItsTrueSize) {
  const std::string bytes = appearance(field_of(0, 200, 100), {"f", 0, 0, 1}, make_seal(120, 60));
  EXPECT_NE(bytes.find("/BBox [0 0 200 100 ]"), std::string::npos) << bytes;
  EXPECT_NE(bytes.find("/Matrix [1 0 0 1 0 0 ]"), std::string::npos) << bytes;
  EXPECT_NE(bytes.find("1 0 0 1 40 20 cm /D Do"), std::string::npos) << bytes;
}

TEST(Appearance, TurnsWithThePage) {
  const auto matrix = [](int rotate) {
    return appearance(field_of(rotate, 200, 100), {"f", 0, 0, 1}, make_seal(120, 60));
  };
  EXPECT_NE(matrix(90).find("/Matrix [0 1 -1 0 100 0 ]"), std::string::npos);
  EXPECT_NE(matrix(180).find("/Matrix [-1 0 0 -1 200 100 ]"), std::string::npos);
  EXPECT_NE(matrix(270).find("/Matrix [0 -1 1 0 0 200 ]"), std::string::npos);
}

TEST(Appearance, ASliceIsCutFromTheWhole) {
  const std::string bytes = appearance(field_of(0, 30, 60), {"f", 0, 2, 4}, make_seal(120, 60));
  EXPECT_NE(bytes.find("0 0 30 60 re W n 1 0 0 1 -60 0 cm /D Do"), std::string::npos) << bytes;
}

TEST(Appearance, TooLargeADrawingIsRefused) {
  const auto fits = [](double width, double height) {
    appearance(field_of(0, 120, 60), {"f", 0, 0, 1}, make_seal(width, height));
  };
  EXPECT_NO_THROW(fits(120.009, 60));
  EXPECT_THROW(fits(120.02, 60), Error);
  EXPECT_THROW(fits(120, 60.02), Error);
}

TEST(Appearance, ASliceOutsideOfTheSealIsRefused) {
  const PreparedField field = field_of(0, 120, 60);
  for (const Mark& mark : {Mark{"f", 0, 4, 4}, Mark{"f", 0, -1, 4}, Mark{"f", 0, 0, 0}})
    EXPECT_THROW(appearance(field, mark, make_seal(100, 50)), Error);
}

TEST(DrawingCache, DeflatesADrawingOnce) {
  DrawingCache cache;
  const Drawing seal = make_seal(100, 100);
  const auto first = cache.deflated(seal.content.view());
  EXPECT_EQ(cache.deflated(std::string(seal.content.view())).get(), first.get());
  EXPECT_NE(cache.deflated("q Q").get(), first.get());
}

}  // namespace
}  // namespace cinnabar::pades
