// The limits of the document engine, in one place, each with its reason; those of the strict
// reader are its own.
//
// They keep a hostile file from spending the worker's memory or time; the worker's own rlimits
// stand behind them. Constants: any thread.
#pragma once

#include <cinnabar/pdf/limits.hpp>

#include <cstddef>
#include <cstdint>

namespace cinnabar::pdf {

// Inflated content of one page: vector maps reach 20 MB.
inline constexpr std::size_t kPageContentMax = 64u << 20;
// Inflated content of all pages that we scan in one document.
inline constexpr std::size_t kContentTotalMax = 512u << 20;
// Displayed page side, points: the range of PageRect in the interface.
inline constexpr double kPageSideMax = 15'000;
// Pixels of one rendered page: A4 at 400 dpi is 15.5 million, A3 31 million.
inline constexpr std::int64_t kPixelsMax = 40'000'000;
// Values are shrunk to fit down to this size; smaller print is not readable on paper.
inline constexpr double kFontSizeMin = 6.0;
inline constexpr double kFontSizeDefault = 10.5;

}  // namespace cinnabar::pdf
