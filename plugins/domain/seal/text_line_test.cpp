#include "text_line.hpp"

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

const drawing::Font& font() {
  static const drawing::Font kFont("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
                                   "Noto Serif CJK SC");
  return kFont;
}

TEST(TextLine, IsAsWideAsItsCharactersAndFixedInHeight) {
  const Drawing line = text_line(font(), "二〇二六年", 10'000);
  EXPECT_NEAR(line.width, 50, 1e-6);
  EXPECT_NEAR(line.height, 12, 1e-6);
  EXPECT_GT(text_line(font(), "2026年1月2日", 10'000).width, 30);
}

TEST(TextLine, IsBlackInkAndNothingElse) {
  const std::string content = text_line(font(), "2026-01-02", 10'500).content.text();
  EXPECT_TRUE(content.starts_with("0 0 0 rg\n")) << content.substr(0, 40);
  EXPECT_TRUE(content.ends_with("f\n"));
}

TEST(TextLine, IsTheSameEveryTime) {
  EXPECT_EQ(text_line(font(), "2026年", 9'000).content.text(),
            text_line(font(), "2026年", 9'000).content.text());
}

TEST(TextLine, RefusesWhatCannotBeDrawn) {
  EXPECT_THROW(text_line(font(), "", 10'000), Error);
  EXPECT_THROW(text_line(font(), std::string(200, 'x'), 10'000), Error);
  EXPECT_THROW(text_line(font(), "x", 0), Error);
  EXPECT_THROW(text_line(font(), "x", 1'000'000), Error);
  EXPECT_THROW(text_line(font(), "\u0E01", 10'000), Error);
}

}  // namespace
}  // namespace cinnabar
