#include "images.hpp"

#include "test_support.hpp"

#include <gtest/gtest.h>

namespace cinnabar::pdf {
namespace {

using namespace test;

// A mask of 64 times 64 bytes that is painted where `paints` says so.
template <class Paints>
std::optional<Box> part(const Paints& paints) {
  std::string data(64 * 64, '\0');
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 64; ++x)
      if (paints(x, y)) data[static_cast<std::size_t>(y * 64 + x)] = '\xFF';
  return solid_part({64, 64, 8, false, data});
}

TEST(Images, AreSolidWhereARectangleIsPainted) {
  const auto whole = part([](int, int) { return true; });
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->left, 0);
  EXPECT_EQ(whole->top, 1);
  const auto inside = part([](int x, int y) { return x >= 16 && x < 48 && y >= 8 && y < 24; });
  ASSERT_TRUE(inside);
  EXPECT_DOUBLE_EQ(inside->left, 0.25);
  EXPECT_DOUBLE_EQ(inside->right, 0.75);
  EXPECT_DOUBLE_EQ(inside->bottom, 1 - 0.375) << "rows count from the top";
  EXPECT_DOUBLE_EQ(inside->top, 1 - 0.125);
  EXPECT_TRUE(part([](int x, int y) { return (x == 60 && y == 60) || (x < 30 && y < 30); }));
}

TEST(Images, AreNotSolidWhereASealIs) {
  const auto distance = [](int x, int y) { return std::hypot(x - 31.5, y - 31.5); };
  EXPECT_FALSE(part([&](int x, int y) {
    return std::fabs(distance(x, y) - 29) < 2 || distance(x, y) < 5;
  })) << "a ring and a star";
  EXPECT_FALSE(part([](int x, int y) { return x % 8 < 6 && y % 8 < 6; })) << "carved letters";
  EXPECT_FALSE(part([](int, int y) { return y < 4; })) << "a line";
  EXPECT_FALSE(part([](int, int) { return false; }));
}

std::optional<Box> part_of(const std::string& image, const std::string& mask) {
  const std::string bytes = file_of({"<</Type/Catalog>>", image, mask});
  const File file(bytes);
  Work work{1'000'000};
  return opaque_part(file, 0, *file.load(2, 0), work);
}

TEST(Images, AreOpaqueByWhatMasksThem) {
  const std::string gray = "/Width 1/Height 1/BitsPerComponent 8";
  const auto image = [&](const std::string& entries) { return stream_of("x", gray + entries); };
  EXPECT_TRUE(part_of(image(""), "null"));
  EXPECT_TRUE(part_of(image("/SMask 3 0 R"), stream_of("\xFF", gray)));
  EXPECT_FALSE(part_of(image("/SMask 3 0 R"), stream_of("\x80", gray)));
  EXPECT_FALSE(part_of(image("/SMask 3 0 R"), stream_of("\xFF", gray + "/Decode[1 0]")));
  EXPECT_FALSE(part_of(image("/SMask 3 0 R"), stream_of("\xFF", gray + "/Filter/DCTDecode")));
  EXPECT_FALSE(
      part_of(image("/SMask 3 0 R"), stream_of("\xFF", "/Width 99999999/Height 99999999")));
  EXPECT_TRUE(part_of(image("/Mask 3 0 R"), stream_of(std::string(1, '\0'), gray)));
  EXPECT_FALSE(part_of(image("/Mask 3 0 R"), stream_of("\xFF", gray)));
  EXPECT_FALSE(part_of(image("/Mask[0 1]"), "null"));
  EXPECT_FALSE(part_of(image("/ImageMask true"), "null") &&
               part_of(image("/ImageMask true/Decode[1 0]"), "null"))
      << "one bit paints by either reading, never by both";
}

TEST(Images, InLinesPaintByTheirBits) {
  const auto paints = [](std::string_view content) {
    Work work{1'000};
    ContentReader reader(content, work);
    Operation operation;
    return reader.next(operation) && opaque_part(operation).has_value();
  };
  EXPECT_TRUE(paints("BI /W 1 /H 1 /CS /G /BPC 8 ID x EI"));
  EXPECT_FALSE(paints("BI /W 1 /H 1 /IM true ID \xFF EI"));
  EXPECT_TRUE(paints("BI /W 1 /H 1 /IM true /D [1 0] ID \xFF EI"));
}

}  // namespace
}  // namespace cinnabar::pdf
