// Slices of a page seal: every page has one, and those of a group put together are the seal.
#include "page_seal.hpp"

#include <cinnabar/error.hpp>

#include <gtest/gtest.h>

#include <map>

namespace cinnabar::contract {
namespace {

std::vector<PageSize> a4(int pages) {
  return std::vector<PageSize>(static_cast<std::size_t>(pages), PageSize{595'276, 841'890, 0});
}

TEST(PageSeal, GivesEachPageOneSliceAtItsRightEdge) {
  for (const int pages : {1, 2, 3, 19, 20, 21, 40, 41, 199, 300}) {
    const auto slices = page_seal_slices(a4(pages), SealSize{}, -1);
    ASSERT_EQ(static_cast<int>(slices.size()), pages);
    for (int i = 0; i < pages; ++i) {
      const Slice& slice = slices[static_cast<std::size_t>(i)];
      EXPECT_EQ(slice.page, i + 1);
      EXPECT_EQ(slice.rect.x + slice.rect.width, 595'276);
      EXPECT_LE(slice.count, kPageSealGroupMax);
    }
  }
}

TEST(PageSeal, CutsEachGroupIntoTheWholeSealFromTheLeft) {
  for (const int pages : {1, 7, 20, 23, 300}) {
    std::map<int, std::vector<Slice>> groups;
    for (const Slice& slice : page_seal_slices(a4(pages), SealSize{}, -1))
      groups[slice.group].push_back(slice);
    std::size_t least = 1000, most = 0;
    for (const auto& [group, slices] : groups) {
      std::int64_t width = 0;
      for (std::size_t i = 0; i < slices.size(); ++i) {
        EXPECT_EQ(slices[i].index, static_cast<int>(i));
        EXPECT_EQ(slices[i].count, static_cast<int>(slices.size()));
        width += slices[i].rect.width;
      }
      EXPECT_GE(width, kStandardSealSide);
      EXPECT_LT(width, kStandardSealSide + static_cast<std::int64_t>(slices.size()));
      least = std::min(least, slices.size());
      most = std::max(most, slices.size());
    }
    EXPECT_LE(most - least, 1u) << pages << " pages are not dealt evenly";
  }
}

TEST(PageSeal, StandsInTheMiddleUnlessToldOtherwise) {
  EXPECT_EQ(page_seal_slices(a4(2), {100'000, 100'000}, -1)[0].rect.y, (841'890 / 2) - 50'000);
  EXPECT_EQ(page_seal_slices(a4(2), {100'000, 100'000}, 200'000)[0].rect.y, 150'000);
}

TEST(PageSeal, MovesOntoAPageThatIsTooShortForItsPlace) {
  auto pages = a4(3);
  pages[1].height = 150'000;
  const auto slices = page_seal_slices(pages, {100'000, 100'000}, 600'000);
  EXPECT_EQ(slices[0].rect.y, 550'000);
  EXPECT_EQ(slices[1].rect.y, 50'000);
}

TEST(PageSeal, RefusesAPageThatCannotHoldIt) {
  auto pages = a4(3);
  pages[2].height = 99'999;
  try {
    page_seal_slices(pages, {100'000, 100'000}, -1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "contract.page_seal_unfit");
    EXPECT_EQ(error.params()[0].second, "3");
  }
}

}  // namespace
}  // namespace cinnabar::contract
