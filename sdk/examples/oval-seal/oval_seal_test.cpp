#include "oval_seal.hpp"

#include <cinnabar/testing/fake_host.hpp>
#include <cinnabar/testing/seal_type_suite.hpp>

#include <gtest/gtest.h>

#include <sstream>

namespace example {
namespace {

using namespace cinnabar;

class OvalSealTest : public ::testing::Test {
 protected:
  static SealDesign design(std::string text = "朱砂（上海）信息技术有限公司") {
    SealDesign out;
    out.text = std::move(text);
    out.title = "合同专用章";
    out.code = "3101150012345";
    return out;
  }
  SealImage draw(const SealDesign& design) {
    return cinnabar::testing::LocalService<SealType>(type_)->draw(design);
  }
  std::string refusal(const SealDesign& design) {
    try {
      draw(design);
      return "none";
    } catch (const Error& error) {
      return error.code();
    }
  }

  cinnabar::testing::FakeHost fake_;
  OvalSeal type_{fake_.host()};
};

TEST_F(OvalSealTest, KeepsTheContract) {
  cinnabar::testing::check_seal_type({type_, design()});
  SealDesign plain = design("Ada Ltd.");
  plain.title.clear();
  plain.code.clear();
  cinnabar::testing::check_seal_type({type_, plain});
}

TEST_F(OvalSealTest, IsTwoThirdsAsHighAsWide) {
  EXPECT_EQ(draw(design()).width_um, 45'000);
  EXPECT_EQ(draw(design()).height_um, 30'000);
  SealDesign large = design();
  large.width_um = 60'000;
  EXPECT_EQ(draw(large).height_um, 40'000);
  large.width_um = 61'000;
  EXPECT_EQ(refusal(large), "seal.size_unfit");
}

// Every point of the drawing is inside of its box: nothing is cut off on the page.
TEST_F(OvalSealTest, DrawsNothingOutsideOfItself) {
  const SealImage image = draw(design());
  std::istringstream content(image.drawing.content.text());
  std::vector<double> numbers;
  for (std::string token; content >> token;) {
    char* end = nullptr;
    const double number = std::strtod(token.c_str(), &end);
    if (*end == 0) {
      numbers.push_back(number);
      continue;
    }
    if (token != "rg")
      for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
        ASSERT_GE(numbers[i], -0.01);
        ASSERT_LE(numbers[i], image.drawing.width + 0.01);
        ASSERT_GE(numbers[i + 1], -0.01);
        ASSERT_LE(numbers[i + 1], image.drawing.height + 0.01);
      }
    numbers.clear();
  }
}

TEST_F(OvalSealTest, RefusesATextThatDoesNotFit) {
  EXPECT_EQ(refusal(design(std::string(100, 'W'))), "seal.text_unfit");
  SealDesign wordy = design();
  wordy.title = "一个长得放不下的印章标题写在这里";
  EXPECT_EQ(refusal(wordy), "seal.text_unfit");
}

}  // namespace
}  // namespace example
