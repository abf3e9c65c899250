#include "page_seal.hpp"

#include <cinnabar/error.hpp>

#include <algorithm>

namespace cinnabar::contract {

std::vector<Slice> page_seal_slices(const std::vector<PageSize>& pages, const SealSize& seal,
                                    std::int64_t middle) {
  const int total = static_cast<int>(pages.size());
  const int groups = (total + kPageSealGroupMax - 1) / kPageSealGroupMax;
  std::vector<Slice> out;
  int page = 0;
  for (int group = 0; group < groups; ++group) {
    const int count = total / groups + (group < total % groups ? 1 : 0);
    // Rounded up: a slice never loses a sliver at its edge.
    const std::int64_t width = (seal.width + count - 1) / count;
    for (int index = 0; index < count; ++index, ++page) {
      const PageSize& size = pages[static_cast<std::size_t>(page)];
      if (size.width < width || size.height < seal.height)
        throw Error("contract.page_seal_unfit", {{"page", std::to_string(page + 1)},
                                                 {"width", std::to_string(width)},
                                                 {"height", std::to_string(seal.height)}});
      const std::int64_t centre = middle < 0 ? size.height / 2 : middle;
      const std::int64_t y =
          std::clamp<std::int64_t>(centre - seal.height / 2, 0, size.height - seal.height);
      out.push_back({page + 1, {size.width - width, y, width, seal.height}, group, index, count});
    }
  }
  return out;
}

}  // namespace cinnabar::contract
