#include "tile_path.hpp"

#include <gtest/gtest.h>

namespace cinnabar::tlog {
namespace {

TEST(TilePath, IsWrittenInGroupsOfThree) {
  EXPECT_EQ(tile_path({0, 0, 256}), "0/000");
  EXPECT_EQ(tile_path({3, 999, 256}), "3/999");
  EXPECT_EQ(tile_path({0, 1'000, 256}), "0/x001/000");
  EXPECT_EQ(tile_path({2, 1'234'067, 17}), "2/x001/x234/067.p/17");
  EXPECT_EQ(tile_path({-1, 5, 256}), "entries/005");
}

TEST(TilePath, IsReadAsItIsWritten) {
  for (const std::uint64_t number : {0ull, 1ull, 999ull, 1'000ull, 123'456'789ull})
    for (const int width : {1, 255, 256})
      for (const int level : {-1, 0, 7, 63}) {
        const auto parsed = parse_tile_path(tile_path({level, number, width}));
        ASSERT_TRUE(parsed);
        EXPECT_EQ(parsed->level, level);
        EXPECT_EQ(parsed->number, number);
        EXPECT_EQ(parsed->width, width);
      }
}

TEST(TilePath, WrittenInAnotherWayIsNone) {
  for (const char* path :
       {"", "0", "0/", "0/0", "0/00", "0/0000", "00/000", "0/x000/000", "0/001/000", "0/x001/x000",
        "0/000.p/0", "0/000.p/256", "0/000.p/01", "0/000.p/", "64/000", "-1/000", "0/ 00", "0/+00",
        "x/000", "entries/1", "0/99999999999999999999999"})
    EXPECT_FALSE(parse_tile_path(path)) << path;
}

}  // namespace
}  // namespace cinnabar::tlog
