// Page seals (骑缝章): a seal cut into vertical slices along the right edge of the pages, so that the
// pages, fanned, show it whole. Pure geometry, 1/1000 point; any thread.
#pragma once

#include <cinnabar/services/document_engine.hpp>

namespace cinnabar::contract {

// More slices than this are too thin to see and to fan; longer documents carry several seals.
inline constexpr int kPageSealGroupMax = 20;

// The usual round seal, 42 mm: what a page seal is cut for when the party has no seal yet.
inline constexpr std::int64_t kStandardSealSide = 119'056;

struct SealSize {
  std::int64_t width = kStandardSealSide;
  std::int64_t height = kStandardSealSide;
};

struct Slice {
  int page = 1;
  PageRect rect;
  int group = 0;  // which seal
  int index = 0;  // from the left: the part of the first page of a group
  int count = 1;
};

// One slice a page. Pages are dealt into groups as equal as can be, each with a whole seal of its
// own. `middle` is where the seal's middle stands, from the top of each page; -1: the page's own
// middle. Where a page is too short for that, the seal moves as little as needed.
// Throws contract.page_seal_unfit when a page cannot hold its slice.
std::vector<Slice> page_seal_slices(const std::vector<PageSize>& pages, const SealSize& seal,
                                    std::int64_t middle);

}  // namespace cinnabar::contract
