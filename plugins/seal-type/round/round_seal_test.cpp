#include "round_seal.hpp"

#include "round_seal_type.hpp"

#include <cinnabar/drawing/preview.hpp>
#include <cinnabar/testing/seal_type_suite.hpp>

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

const drawing::Font& font() {
  static const drawing::Font kFont("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
                                   "Noto Serif CJK SC");
  return kFont;
}

SealDesign design(std::string name, std::string title = {}, std::string code = {}) {
  SealDesign out;
  out.text = std::move(name);
  out.title = std::move(title);
  out.code = std::move(code);
  return out;
}

std::string repeated(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

TEST(RoundSeal, HasItsTrueSize) {
  for (const double mm : {38.0, 42.0, 58.0}) {
    const auto box = round_seal(font(), design("朱砂科技有限公司", "合同专用章"), mm).bounds();
    EXPECT_NEAR(box.left, 0, 1e-9);
    EXPECT_NEAR(box.bottom, 0, 1e-9);
    EXPECT_NEAR(box.right, mm, 1e-9);
    EXPECT_NEAR(box.top, mm, 1e-9);
    const Drawing drawing = drawing::drawing_of(round_seal(font(), design("朱砂"), mm), {}, mm, mm);
    EXPECT_NEAR(drawing.width, mm / 25.4 * 72, 1e-9);
  }
}

TEST(RoundSeal, KeepsAllInkOfTheTextsInsideTheRing) {
  for (int n = 4; n <= 44; n += 5) {
    for (const char* title : {"", "合同专用章", "人力资源部劳动合同专用章"}) {
      const auto seal = round_seal(font(), design(repeated("赢", n), title, "1101051234567"), 42);
      // The ring is two circles of six steps each and comes first.
      const auto& steps = seal.steps();
      for (std::size_t i = 12; i < steps.size(); ++i) {
        if (steps[i].kind == drawing::Step::Kind::close) continue;
        EXPECT_LT(std::hypot(steps[i].to.x - 21, steps[i].to.y - 21), 21 - 1.2) << n << title;
      }
    }
  }
}

TEST(RoundSeal, IsTheSameEveryTime) {
  const auto bytes = [] {
    const drawing::Font fresh("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
                              "Noto Serif CJK SC");
    const auto path = round_seal(fresh, design("朱砂（上海）科技有限公司", "公章", "31"), 42);
    return drawing::pdf_operators(path, *drawing::ink("red")) +
           drawing::preview_png(path, *drawing::ink("red"), 42, 42);
  };
  EXPECT_EQ(bytes(), bytes());
}

TEST(RoundSeal, IsMadeOfPathAndColorOperatorsOnly) {
  const std::string content = drawing::pdf_operators(
      round_seal(font(), design("朱砂科技有限公司", "合同专用章", "310"), 42), *drawing::ink("red"));
  std::size_t from = 0;
  int fills = 0;
  for (std::size_t end; (end = content.find('\n', from)) != std::string::npos; from = end + 1) {
    const std::string line = content.substr(from, end - from);
    const std::string op = line.substr(line.rfind(' ') + 1);
    EXPECT_TRUE(op == "rg" || op == "m" || op == "l" || op == "c" || op == "h" || op == "f")
        << line;
    fills += op == "f";
  }
  EXPECT_EQ(from, content.size());
  EXPECT_EQ(fills, 1);
}

TEST(RoundSeal, NamesTheCharacterThatHasNoGlyph) {
  for (const auto& unfit : {design("朱砂\u0E01公司"), design("朱砂公司", "章\u0E01"),
                            design("朱砂公司", "", "12\u0E01")}) {
    try {
      round_seal(font(), unfit, 42);
      FAIL() << "drawn";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "seal.text_unfit");
      EXPECT_NE(std::string(error.what()).find("\u0E01"), std::string::npos) << error.what();
    }
  }
}

TEST(RoundSeal, RefusesTextsThatDoNotFit) {
  EXPECT_THROW(round_seal(font(), design(repeated("赢", 100)), 42), Error);
  EXPECT_THROW(round_seal(font(), design("朱砂公司", repeated("赢", 20)), 42), Error);
  EXPECT_THROW(round_seal(font(), design("   "), 42), Error);
}

TEST(RoundSeal, TakesRareCharactersOfNames) {
  EXPECT_NO_THROW(round_seal(font(), design("𠮷野家㛃喆龘鱻有限公司"), 42));
}

TEST(RoundSealType, KeepsTheContract) {
  RoundSealType type{RoundSealConfig{}};
  testing::check_seal_type({type, design("朱砂（上海）科技有限公司", "合同专用章", "31011012345")});
  testing::check_seal_type({type, design("朱砂科技")});
}

TEST(RoundSealType, IsRoundAndOfAUsualSize) {
  RoundSealType type{RoundSealConfig{}};
  const testing::LocalService<SealType> service(type);
  SealDesign asked = design("朱砂科技");
  for (const auto& [width, height] : std::vector<std::pair<int, int>>{
           {37'999, 37'999}, {58'001, 58'001}, {42'000, 40'000}, {1, 0}}) {
    asked.width_um = width;
    asked.height_um = height;
    EXPECT_THROW(service->draw(asked), Error) << width << " x " << height;
  }
  asked.width_um = 58'000;
  asked.height_um = 0;
  EXPECT_EQ(service->draw(asked).height_um, 58'000);
  asked.color = "green";
  EXPECT_THROW(service->draw(asked), Error);
}

TEST(RoundSealType, SaysWhichFontIsMissing) {
  RoundSealType type({"/nowhere.ttc", "Nothing"});
  const testing::LocalService<SealType> service(type);
  try {
    service->draw(design("朱砂科技"));
    FAIL() << "drawn without a font";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), CINNABAR_FAILED);
    EXPECT_NE(std::string(error.what()).find("/nowhere.ttc"), std::string::npos) << error.what();
  }
}

TEST(CodePoints, ReadBrokenTextWithoutLookingBeyondItsEnd) {
  EXPECT_EQ(drawing::code_points("a朱𠮷"), U"a朱𠮷");
  EXPECT_EQ(drawing::code_points("\xe6\x9c"), U"\ufffd\ufffd");
  EXPECT_EQ(drawing::utf8(U'𠮷'), "𠮷");
}

}  // namespace
}  // namespace cinnabar
