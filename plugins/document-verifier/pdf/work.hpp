// How much work the contents of pages may cost, in one place, each limit with its reason.
//
// One file, one thread.
#pragma once

#include "geometry.hpp"

#include <map>

namespace cinnabar::pdf {

// Bytes of content of one page, or of one look, that are read: drawings of buildings have some 10
// MB. Behind it no letters are known.
inline constexpr std::size_t kPageContentMax = 16u << 20;
// Letters of one page, 24 bytes each: a full page of small print has some 15,000.
inline constexpr std::size_t kLettersMax = 200'000;
// Letters of pages that are kept, so that fifty signers on each page cost one reading of it: some
// 700 pages.
inline constexpr std::size_t kLettersKeptMax = 2'000'000;
// Forms inside forms; real files have five.
inline constexpr int kFormDepthMax = 12;
// Drawing a form costs at least what so many bytes of content cost.
inline constexpr std::size_t kFormCost = 2'000;
// Points of all shapes of one look: a seal that is drawn has some 5,000.
inline constexpr std::size_t kShapePointsMax = 200'000;
// Pixels of the mask of one image: an A4 page at 300 dpi has 9 million.
inline constexpr std::size_t kMaskMax = 16u << 20;
// An operator costs as much as reading so many bytes.
inline constexpr std::size_t kOperatorCost = 64;
// So much does it cost to find that something cannot be read: it may be nested deeply.
inline constexpr std::size_t kFailureCost = 1'500, kFailureCostPerByte = 60;
// Of all that one file may cost, in bytes of content and comparisons of points: a fifth of a second
// and what its pages need: a seal on each of them reads them all, and they are packed.
inline constexpr std::size_t kWorkMax = 16u << 20;
inline constexpr std::size_t kWorkPerByte = 100;

class Work {
 public:
  explicit Work(std::size_t file_size) : left_(kWorkMax + kWorkPerByte * file_size) {}

  // Throws TooComplex when the file has cost too much.
  void spend(std::size_t amount) {
    if (amount > left_) throw TooComplex("the contents of pages are too long", 0);
    left_ -= amount;
  }

  // What is known of the images that new fields show, by number and revision.
  std::map<std::pair<std::int64_t, std::size_t>, std::optional<Box>> images;

 private:
  std::size_t left_;
};

}  // namespace cinnabar::pdf
