// The content of one ZIP member, piece by piece, within limits that hold whatever its header says.
// Pure function but for the consumer; any thread.
#pragma once

#include "zip_directory.hpp"

#include <functional>

namespace cinnabar::xlsx {

// Of one part. A table of 100,000 rows has some 30 MB of XML.
inline constexpr std::uint64_t kPartSizeMax = 64 << 20;
// Tables are repetitive: their XML shrinks to a tenth, empty formatted cells to a hundredth. What
// shrinks further than this, beyond the first megabyte, is made to.
inline constexpr std::uint64_t kRatioMax = 250;
inline constexpr std::uint64_t kRatioFree = 1 << 20;

// Gives the content to `consume`. Throws what the consumer throws, "spreadsheet.damaged" when size
// or checksum turn out wrong, "spreadsheet.unsafe" or "spreadsheet.too_large" beyond the limits.
void read_member(const Member& member, const std::function<void(std::string_view)>& consume);

}  // namespace cinnabar::xlsx
