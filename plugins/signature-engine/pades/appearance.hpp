// What a signature looks like: drawings as shared form XObjects, and for each mark an appearance
// that places a drawing, or a slice of it, upright and in true size in the middle of its field
// (ISO 32000-2 8.10, 12.5.5). Functions of their arguments; the cache is for any thread.
#pragma once

#include "segment_writer.hpp"

#include <cinnabar/lru_cache.hpp>

#include <string>

namespace cinnabar::pades {

// How far a drawing may stand over its field: rectangles are rounded to 1/1000 point.
inline constexpr double kFitTolerance = 0.01;

// A drawing's operators deflated; drawn once and signed with often.
class DrawingCache {
 public:
  DrawingCache();
  std::shared_ptr<const std::string> deflated(std::string_view content);

 private:
  LruCache<std::string> cache_;
};

// Throws Error "signature.drawing_invalid".
void check_drawing(const Drawing& drawing, std::size_t index);

// Writes a drawing as a form XObject.
void write_drawing(SegmentWriter& out, std::int64_t number, const Drawing& drawing,
                   DrawingCache& cache);

// Writes the appearance of a mark in its field; drawing_object is 0 for one that shows nothing.
// Throws Error "signature.too_large" and "signature.slice_invalid".
void write_appearance(SegmentWriter& out, std::int64_t number, const PreparedField& field,
                      const Mark& mark, const Drawing* drawing, std::int64_t drawing_object);

}  // namespace cinnabar::pades
