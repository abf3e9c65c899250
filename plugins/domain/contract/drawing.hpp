// Drawings brought to the size of their place, still as vectors. Pure; any thread.
#pragma once

#include <cinnabar/services/signature_engine.hpp>

namespace cinnabar::contract {

// How much larger than its place a seal may be and still count as fitting, in points: what
// rounding to 1/1000 point and to micrometres can amount to.
inline constexpr double kSizeTolerance = 0.1;

inline bool fits(const Drawing& drawing, double width, double height) {
  return drawing.width <= width + kSizeTolerance && drawing.height <= height + kSizeTolerance;
}

// Made smaller, in proportion, until it fits; never larger.
Drawing fitted(const Drawing& drawing, double width, double height);

// In the middle of a box of exactly that size. The drawing must fit.
Drawing padded(const Drawing& drawing, double width, double height);

}  // namespace cinnabar::contract
