// What every seal type must do, as a test that its author runs (GoogleTest):
//
//   TEST(Oval, KeepsTheContract) {
//     Oval oval;
//     SealDesign design;
//     design.text = "朱砂科技有限公司";
//     testing::check_seal_type({oval, design});
//   }
//
// Everything goes through the boundary, as in the kernel. One thread.
#pragma once

#include <cinnabar/services/seal_type.hpp>
#include <cinnabar/testing/local_service.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <set>

namespace cinnabar::testing {

struct SealTypeCase {
  SealType& type;
  SealDesign design;                      // that it can draw
  std::string undrawable = "\U0010FFFD";  // a text that it has no glyph for
};

namespace detail {

// The operators that a drawing may use (ISO 32000-2 tables 56, 58, 59, 73): paths, colours, the
// graphics state. None that needs a resource: no Do, no Tf, no gs, no inline image.
inline const std::set<std::string>& drawing_operators() {
  static const std::set<std::string> kOperators{
      "q", "Q", "cm", "w", "J",  "j", "M",  "d", "i", "m",  "l", "c", "v",  "y",  "h", "re", "S",
      "s", "f", "f*", "B", "B*", "b", "b*", "n", "W", "W*", "g", "G", "rg", "RG", "k", "K"};
  return kOperators;
}

inline bool is_number(const std::string& token) {
  char* end = nullptr;
  const double value = std::strtod(token.c_str(), &end);
  return *end == 0 && std::isfinite(value);
}

inline void check_operators(const std::string& content) {
  std::size_t from = 0;
  while ((from = content.find_first_not_of(" \n\r\t", from)) != std::string::npos) {
    const std::size_t end = std::min(content.find_first_of(" \n\r\t", from), content.size());
    const std::string token = content.substr(from, end - from);
    from = end;
    if (is_number(token) || token == "[" || token == "]") continue;
    ASSERT_TRUE(drawing_operators().count(token)) << token << " is no operator for a drawing";
  }
}

// Width and height in the header of a PNG (ISO/IEC 15948).
inline std::pair<int, int> png_size(std::string_view png) {
  if (png.size() < 24 || png.substr(0, 8) != "\x89PNG\r\n\x1a\n") return {0, 0};
  const auto number = [&](std::size_t at) {
    int value = 0;
    for (std::size_t i = at; i < at + 4; ++i)
      value = value << 8 | static_cast<unsigned char>(png[i]);
    return value;
  };
  return {number(16), number(20)};
}

}  // namespace detail

inline void check_seal_type(const SealTypeCase& test) {
  const LocalService<SealType> service(test.type);
  const SealImage image = service->draw(test.design);
  const std::string content = image.drawing.content.text();
  EXPECT_FALSE(content.empty());
  detail::check_operators(content);

  // True size: the drawing's points, the micrometres and the preview's pixels say the same.
  constexpr double kPointsPerUm = 72.0 / 25'400, kPixelsPerUm = 300.0 / 25'400;
  EXPECT_NEAR(image.drawing.width, static_cast<double>(image.width_um) * kPointsPerUm, 0.01);
  EXPECT_NEAR(image.drawing.height, static_cast<double>(image.height_um) * kPointsPerUm, 0.01);
  const auto [width, height] = detail::png_size(image.png.view());
  EXPECT_NEAR(width, static_cast<double>(image.width_um) * kPixelsPerUm, 1.5);
  EXPECT_NEAR(height, static_cast<double>(image.height_um) * kPixelsPerUm, 1.5);

  const SealImage again = service->draw(test.design);
  EXPECT_EQ(again.drawing.content.text(), content) << "the same request gives the same bytes";
  EXPECT_EQ(again.png.text(), image.png.text()) << "the same request gives the same bytes";

  for (const char* color : {"red", "blue", "black"}) {
    SealDesign design = test.design;
    design.color = color;
    EXPECT_NO_THROW(service->draw(design)) << color;
  }

  SealDesign unfit = test.design;
  unfit.text += test.undrawable;
  try {
    service->draw(unfit);
    ADD_FAILURE() << "a character without a glyph was drawn";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "seal.text_unfit") << error.what();
    EXPECT_NE(std::string(error.what()).find(test.undrawable), std::string::npos)
        << "the error names the character";
  }
  SealDesign huge = test.design;
  huge.width_um = huge.height_um = 99'000;
  try {
    service->draw(huge);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "seal.size_unfit") << error.what();
  }
}

}  // namespace cinnabar::testing
