#include "painting.hpp"

#include "test_support.hpp"

#include <gtest/gtest.h>

namespace cinnabar::pdf {
namespace {

using namespace test;

const std::string kFonts =
    "/Font<</H<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    "/W<</Type/Font/Subtype/TrueType/FirstChar 65/Widths[1000 250]>>"
    "/C<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</DW 500/W[3[900]7 9 "
    "100]>>]>>"
    "/V<</Type/Font/Subtype/Type0/Encoding/UniGB-UCS2-V/DescendantFonts[<<>>]>>>>";

std::vector<Letter> letters_of(const std::string& content) {
  const std::string bytes =
      file_of({"<</Type/Catalog/Pages 2 0 R>>",
               "<</Type/Pages/Kids[3 0 R]/Count 1/Resources<<" + kFonts + ">>>>",
               "<</Type/Page/Parent 2 0 R/Contents[4 0 R]>>", stream_of(content)});
  const File file(bytes);
  Work work{1'000'000};
  Painting out;
  const Object& pages = file.resolve_at(file.catalog(0), "Pages", 0);
  const Object& page = file.resolve(file.resolve_at(pages, "Kids", 0).items[0], 0);
  paint_page(file, 0, page, work, out);
  return out.letters;
}

void expect_centres(const std::string& content, const std::vector<Point>& expected) {
  const std::vector<Letter> letters = letters_of(content);
  ASSERT_EQ(letters.size(), expected.size()) << content;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(letters[i].x, expected[i].x, 0.01) << content << " letter " << i;
    EXPECT_NEAR(letters[i].y, expected[i].y, 0.01) << content << " letter " << i;
  }
}

TEST(Letters, StandWhereTextIsSet) {
  expect_centres("BT /H 10 Tf 100 200 Td (1) Tj ET", {{102.78, 203.5}});
  expect_centres("BT /H 10 Tf 100 200 Td (11) Tj ET", {{102.78, 203.5}, {108.34, 203.5}});
  expect_centres("BT /H 10 Tf 2 0 0 2 100 200 Tm [(1) -1000 (1)] TJ ET",
                 {{105.56, 207}, {136.68, 207}});
  expect_centres("BT /H 10 Tf 12 TL 50 Tz 100 200 Td (1) Tj T* (1) Tj (1) ' ET",
                 {{101.39, 203.5}, {101.39, 191.5}, {101.39, 179.5}});
  expect_centres("q 1 0 0 1 50 0 cm BT /H 10 Tf 5 Tc 100 200 Td (11) Tj ET Q BT 1 0 Td (1) Tj ET",
                 {{152.78, 203.5}, {163.34, 203.5}});
  expect_centres("BT /H 10 Tf 0 1 -1 0 100 200 Tm (1) Tj ET", {{96.5, 202.78}});
}

TEST(Letters, AreAsWideAsTheirFontSays) {
  expect_centres("BT /W 10 Tf (ABA) Tj ET", {{5, 3.5}, {11.25, 3.5}, {17.5, 3.5}});
  expect_centres("BT /C 10 Tf <0003000800050005> Tj ET",
                 {{4.5, 3.5}, {9.5, 3.5}, {12.5, 3.5}, {17.5, 3.5}});
  expect_centres("BT /V 10 Tf 0 100 Td <4e004e00> Tj ET", {{0, 95}, {0, 85}});
}

TEST(Letters, AreThoseThatAreSeenAndSaySomething) {
  EXPECT_EQ(letters_of("BT /H 10 Tf 3 Tr (Pay) Tj 0 Tr (a) Tj ET").size(), 1u);
  EXPECT_EQ(letters_of("1 g BT /H 10 Tf (Pay) Tj ET").size(), 0u);
  EXPECT_EQ(letters_of("/S cs 1 scn BT /H 10 Tf (Pay) Tj ET").size(), 3u) << "a full tint";
  EXPECT_EQ(letters_of("BT /H 1 Tf (Pay) Tj ET").size(), 0u);
  EXPECT_EQ(letters_of("BT /H 10 Tf (: ____ ) Tj ET").size(), 0u);
  EXPECT_EQ(letters_of("BT /H 10 Tf (-1.5) Tj ET").size(), 4u);
  EXPECT_EQ(letters_of("BT /H 10 Tf [(.)2(..) 3 (.)] TJ (----) Tj ET").size(), 0u);
  EXPECT_EQ(letters_of("BT /C 10 Tf <002d> Tj ET").size(), 1u) << "a code is no character";
  EXPECT_EQ(letters_of("0.8 g BT /H 40 Tf 1 1 -1 1 0 0 Tm (DRAFT) Tj ET").size(), 0u);
  EXPECT_EQ(letters_of("0.8 g BT /H 40 Tf (DRAFT) Tj ET").size(), 5u);
}

// Object 3 is drawn in the rectangle [100 100 200 200]; more objects come behind it.
bool hides_at(const std::string& look, const std::vector<std::string>& more, Point point) {
  std::vector<std::string> objects{"<</Type/Catalog/Pages 2 0 R>>",
                                   "<</Type/Pages/Kids[]/Count 0>>", look};
  objects.insert(objects.end(), more.begin(), more.end());
  const std::string bytes = file_of(objects);
  const File file(bytes);
  Work work{1'000'000};
  Painting out;
  paint_look(file, 0, 3, {100, 100, 200, 200}, work, out);
  return hides(out, point, work);
}

std::string form(const std::string& content, const std::string& entries = "/BBox[0 0 100 100]") {
  return stream_of(content, "/Type/XObject/Subtype/Form" + entries);
}

bool covers(const std::string& content, Point point, const std::string& resources = {},
            const std::vector<std::string>& more = {}) {
  return hides_at(form(content, "/BBox[0 0 100 100]/Resources<<" + resources + ">>"), more, point);
}

TEST(Looks, AreasHideWhatLiesBelow) {
  EXPECT_TRUE(covers("10 10 20 20 re f", {120, 120}));
  EXPECT_FALSE(covers("10 10 20 20 re f", {140, 120}));
  EXPECT_FALSE(covers("10 10 20 20 re S", {120, 120}));
  EXPECT_FALSE(covers("10 10 20 20 re n", {120, 120}));
  EXPECT_TRUE(covers("10 10 m 30 10 l 30 30 l 10 30 l b*", {120, 120}));
  EXPECT_TRUE(covers("0 50 m 0 100 100 100 100 50 c h f", {150, 180}));
  EXPECT_FALSE(covers("0 50 m 0 100 100 100 100 50 c h f", {102, 180}));
  EXPECT_TRUE(covers("20 w 0 50 m 100 50 l S", {150, 158}));
  EXPECT_FALSE(covers("2 w 0 50 m 100 50 l S", {150, 150})) << "a line is writing";
}

TEST(Looks, ClipsLeaveTheRest) {
  EXPECT_FALSE(covers("0 0 10 10 re W n 0 0 100 100 re f", {150, 150}));
  EXPECT_TRUE(covers("q 0 0 10 10 re W n Q 0 0 100 100 re f", {150, 150}));
  EXPECT_FALSE(covers("-500 -500 2000 2000 re f", {250, 150})) << "/BBox clips";
  EXPECT_TRUE(covers("0 0 40 40 re W n /S sh", {120, 120}));
  EXPECT_FALSE(covers("0 0 40 40 re W n /S sh", {150, 150}));
}

TEST(Looks, WhatShowsThroughHidesNothing) {
  const auto state = [](const std::string& entries) {
    return covers("/G gs 0 0 100 100 re f", {150, 150}, "/ExtGState<</G<<" + entries + ">>>>");
  };
  EXPECT_TRUE(state("/ca 1/BM/Normal"));
  EXPECT_TRUE(state("/ca 0.97"));
  EXPECT_TRUE(state("/BM/Screen"));
  EXPECT_TRUE(state("/SMask/None"));
  EXPECT_FALSE(state("/ca 0.6"));
  EXPECT_FALSE(state("/BM/Multiply"));
  EXPECT_FALSE(state("/BM[/Darken/Normal]"));
  EXPECT_FALSE(state("/SMask<</S/Alpha>>"));
  EXPECT_TRUE(covers("/G gs 0 0 100 100 re f 0 0 100 100 re f 0 0 100 100 re f 0 0 100 100 re f",
                     {150, 150}, "/ExtGState<</G<</ca 0.6>>>>"))
      << "four times faint is opaque";
}

TEST(Looks, ImagesHideWhereTheyLie) {
  const std::string image =
      "/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray";
  const std::string place = "q 0 20 -40 0 50 10 cm /I Do Q";
  const std::string resources = "/XObject<</I 4 0 R>>";
  EXPECT_TRUE(covers(place, {120, 120}, resources, {stream_of("x", image)}));
  EXPECT_FALSE(covers(place, {120, 140}, resources, {stream_of("x", image)}));
  EXPECT_FALSE(covers(place, {120, 120}, resources,
                      {stream_of("x", image + "/SMask 5 0 R"), stream_of("@", image)}));
}

TEST(Looks, FormsAreDrawnInForms) {
  const std::string inner = form("0 0 10 10 re f", "/BBox[0 0 5 10]/Matrix[2 0 0 2 20 20]");
  const auto nested = [&](Point point) {
    return covers("q 2 0 0 2 0 0 cm /N Do Q", point, "/XObject<</N 4 0 R>>", {inner});
  };
  EXPECT_TRUE(nested({145, 145}));
  EXPECT_FALSE(nested({139, 145}));
  EXPECT_FALSE(nested({165, 145})) << "/BBox of the inner one";
  const std::string itself = form("/N Do 0 0 9 9 re f", "/Resources<</XObject<</N 4 0 R>>>>");
  EXPECT_TRUE(covers("/N Do", {105, 105}, "/XObject<</N 4 0 R>>", {itself}));
}

TEST(Looks, AreFittedIntoTheirRectangle) {
  const auto fitted = [](const std::string& entries, Point point) {
    return hides_at(form("0 0 5 10 re f", entries), {}, point);
  };
  EXPECT_TRUE(fitted("/BBox[0 0 10 10]", {145, 190}));
  EXPECT_FALSE(fitted("/BBox[0 0 10 10]", {155, 190}));
  EXPECT_TRUE(fitted("/BBox[0 0 10 10]/Matrix[0 1 -1 0 7 7]", {190, 145})) << "turned";
  EXPECT_FALSE(fitted("/BBox[0 0 10 10]/Matrix[0 1 -1 0 7 7]", {190, 155}));
  EXPECT_TRUE(fitted("", {104, 109}));
}

}  // namespace
}  // namespace cinnabar::pdf
