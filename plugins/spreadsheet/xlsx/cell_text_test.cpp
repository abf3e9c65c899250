#include "cell_text.hpp"

#include "test_files.hpp"

#include <gtest/gtest.h>

namespace cinnabar::xlsx {
namespace {

TEST(CellText, PlacesAndReferencesAgree) {
  const struct {
    const char* reference;
    std::int64_t row, column;
  } cases[] = {{"A1", 1, 1}, {"Z9", 9, 26}, {"AA10", 10, 27}, {"XFD1048576", 1'048'576, 16'384}};
  for (const auto& one : cases) {
    const CellPlace place = place_of(one.reference);
    EXPECT_EQ(place.row, one.row) << one.reference;
    EXPECT_EQ(place.column, one.column) << one.reference;
    EXPECT_EQ(reference_of(place), one.reference);
  }
  for (const char* bad : {"", "1", "A", "A0", "A-1", "a1", "XFE1", "AAAAA1", "A1048577", "A1B",
                          "A99999999999999999999", "A 1"})
    EXPECT_NE(refusal([&] { place_of(bad); }), "") << bad;
}

TEST(CellText, NumbersAreWrittenWithAllTheirDigits) {
  const struct {
    const char* stored;
    const char* shown;
  } cases[] = {{"13800138000", "13800138000"},
               {"1.3800138000E10", "13800138000"},
               {"1.3800138E+10", "13800138000"},
               {"1.38E+10", "13800000000"},
               {"8.613800138000E12", "8613800138000"},
               {"13800138000.0", "13800138000"},
               {"0", "0"},
               {"-0", "0"},
               {"-12", "-12"},
               {"45292", "45292"},
               {"0.1", "0.1"},
               {"1.5", "1.5"},
               {"999999999999999", "999999999999999"},
               {"1E300", "1e+300"},
               {" 7\n", "7"}};
  for (const auto& one : cases) EXPECT_EQ(number_text(one.stored), one.shown) << one.stored;
  for (const char* bad : {"", "x", "1x", "0x10", "nan", "inf", "1e999", "1,5", "--1"})
    EXPECT_NE(refusal([&] { number_text(bad); }), "") << bad;
}

TEST(CellText, EscapedCharactersComeBack) {
  EXPECT_EQ(unescaped("a_x000D_b"), "a\rb");
  EXPECT_EQ(unescaped("_x59D3_"), "姓");
  EXPECT_EQ(unescaped("_xD83D__xDE00_"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(unescaped("_x005F_x0041_"), "_x0041_");
  EXPECT_EQ(unescaped("_x0000_a_xD800_b_xFFFE_"), "ab");
  for (const char* plain : {"_x", "_x00", "_xZZZZ_", "_X000D_", "a_x-001_"})
    EXPECT_EQ(unescaped(plain), plain);
}

}  // namespace
}  // namespace cinnabar::xlsx
