#include "@ident@.hpp"

#include <cinnabar/testing/fake_host.hpp>
#include <cinnabar/testing/seal_type_suite.hpp>

#include <gtest/gtest.h>

namespace @ident@_plugin {
namespace {

using namespace cinnabar;

class @Class@Test : public ::testing::Test {
 protected:
  SealDesign design(std::string text, std::string title = {}) const {
    SealDesign out;
    out.text = std::move(text);
    out.title = std::move(title);
    return out;
  }
  std::string refusal(const SealDesign& design) {
    try {
      cinnabar::testing::LocalService<SealType>(type_)->draw(design);
      return "none";
    } catch (const Error& error) {
      return error.code();
    }
  }

  cinnabar::testing::FakeHost fake_;
  @Class@ type_{fake_.host()};
};

// What every type owes the platform: the suite of the SDK.
TEST_F(@Class@Test, KeepsTheContract) {
  cinnabar::testing::check_seal_type({type_, design("朱砂科技有限公司")});
  cinnabar::testing::check_seal_type({type_, design("朱砂科技有限公司", "合同专用章")});
}

TEST_F(@Class@Test, TakesTheSizeAskedForWithinItsLimits) {
  SealDesign wide = design("朱砂科技");
  wide.width_um = 60'000;
  EXPECT_EQ(cinnabar::testing::LocalService<SealType>(type_)->draw(wide).width_um, 60'000);
  wide.width_um = 9'000;
  EXPECT_EQ(refusal(wide), "seal.size_unfit");
}

TEST_F(@Class@Test, RefusesATextThatDoesNotFit) {
  EXPECT_EQ(refusal(design(std::string(100, 'W'))), "seal.text_unfit");
}

TEST_F(@Class@Test, RefusesAnInkThatThereIsNot) {
  SealDesign green = design("朱砂科技");
  green.color = "green";
  EXPECT_EQ(refusal(green), "seal.color_unknown");
}

}  // namespace
}  // namespace @ident@_plugin
