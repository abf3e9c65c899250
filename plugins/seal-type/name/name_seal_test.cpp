#include "name_seal.hpp"

#include "name_seal_type.hpp"

#include <cinnabar/testing/seal_type_suite.hpp>

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

const drawing::Font& font() {
  static const drawing::Font kFont("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
                                   "Noto Serif CJK SC");
  return kFont;
}

NameSeal seal_of(std::string name, std::int64_t width_um = 0, std::int64_t height_um = 0) {
  SealDesign design;
  design.text = std::move(name);
  design.width_um = width_um;
  design.height_um = height_um;
  return name_seal(font(), design);
}

void expect_inside(const NameSeal& seal) {
  const auto box = seal.path.bounds();
  EXPECT_NEAR(box.left, 0, 1e-9);
  EXPECT_NEAR(box.bottom, 0, 1e-9);
  EXPECT_NEAR(box.right, seal.width_mm, 1e-9);
  EXPECT_NEAR(box.top, seal.height_mm, 1e-9);
}

TEST(NameSeal, ChineseNamesOfTwoToFourAreSquares) {
  for (const char* name : {"李雪", "张三丰", "欧阳修文", "一一", "𠮷龘"}) {
    const NameSeal seal = seal_of(name);
    EXPECT_EQ(seal.width_mm, kSquareMmUsual) << name;
    EXPECT_EQ(seal.height_mm, kSquareMmUsual) << name;
    expect_inside(seal);
  }
}

TEST(NameSeal, OtherNamesAreFramedLines) {
  for (const char* name : {"Ada Lovelace", "买买提·艾合买提", "王", "Bo", "李X"}) {
    const NameSeal seal = seal_of(name);
    EXPECT_EQ(seal.height_mm, kLineMmUsual) << name;
    EXPECT_GE(seal.width_mm, seal.height_mm) << name;
    expect_inside(seal);
  }
}

TEST(NameSeal, TakesTheSizeAskedForWithinItsLimits) {
  EXPECT_EQ(seal_of("李雪", 20'000, 20'000).width_mm, 20);
  const NameSeal line = seal_of("Ada Lovelace", 50'000, 12'000);
  EXPECT_EQ(line.width_mm, 50);
  EXPECT_EQ(line.height_mm, 12);
  expect_inside(line);
  EXPECT_THROW(seal_of("李雪", 9'000), Error);
  EXPECT_THROW(seal_of("李雪", 61'000), Error);
  EXPECT_THROW(seal_of("Ada Lovelace", 0, 5'000), Error);
}

TEST(NameSeal, NamesTheCharacterThatHasNoGlyph) {
  try {
    seal_of("李\u0E01");
    FAIL() << "drawn";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "seal.text_unfit");
    EXPECT_NE(std::string(error.what()).find("\u0E01"), std::string::npos) << error.what();
  }
}

TEST(NameSeal, RefusesANameThatIsTooLongOrBlank) {
  EXPECT_THROW(seal_of(std::string(90, 'W')), Error);
  EXPECT_THROW(seal_of("  "), Error);
}

TEST(NameSeal, IsTheSameEveryTime) {
  const auto bytes = [] { return drawing::pdf_operators(seal_of("李雪").path, {}); };
  EXPECT_EQ(bytes(), bytes());
}

TEST(NameSealType, KeepsTheContract) {
  NameSealType type{NameSealConfig{}};
  for (const char* name : {"李雪", "Ada Lovelace"}) {
    SealDesign design;
    design.text = name;
    testing::check_seal_type({type, design});
  }
}

}  // namespace
}  // namespace cinnabar
