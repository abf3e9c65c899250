// The demonstration's controls stay on their pages, whatever the document looks like.
#include "placement.hpp"

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

TEST(Placement, EveryControlLiesOnItsPage) {
  const std::vector<std::vector<PageSize>> documents = {
      {{595'276, 841'890, 0}},
      {{841'890, 595'276, 90}, {130'000, 122'000, 270}},
      {{200'000, 200'000, 0}, {3'000'000, 2'000'000, 180}, {595'276, 841'890, 0}}};
  for (const auto& pages : documents)
    for (const Placement& control : place_controls(pages)) {
      const PageSize& page = pages[static_cast<std::size_t>(std::max(control.page, 1) - 1)];
      EXPECT_GE(control.rect.x, 0) << control.id;
      EXPECT_GE(control.rect.y, 0) << control.id;
      EXPECT_LE(control.rect.x + control.rect.width, page.width) << control.id;
      EXPECT_LE(control.rect.y + control.rect.height, page.height) << control.id;
    }
}

TEST(Placement, ManyPagesGetAPageSealAndOnePageNone) {
  const auto count = [](const std::vector<PageSize>& pages) {
    int found = 0;
    for (const Placement& control : place_controls(pages)) found += control.kind == "page_seal";
    return found;
  };
  EXPECT_EQ(count({{595'276, 841'890, 0}}), 0);
  EXPECT_EQ(count({{595'276, 841'890, 0}, {595'276, 841'890, 0}}), 1);
}

TEST(Placement, APageSmallerThanASealIsRefused) {
  EXPECT_THROW(place_controls({{100'000, 100'000, 0}}), Error);
}

}  // namespace
}  // namespace cinnabar
