// Where things stand on a page: between a reader's view and the user space of the PDF.
//
// Owner: the document engine. Pure functions over values: any thread. A reader's view is measured
// in 1/1000 point from the top left of the displayed page (crop box, rotated); user space is kept
// in millionths of a unit, so that what comes in as decimals goes out as the same decimals. Source:
// ISO 32000-2, 8.3.2.3 (user space, UserUnit) and 14.11.2 (page boundaries).
#pragma once

#include <cinnabar/services/document_engine.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace cinnabar::pdf {

using Micro = std::int64_t;  // 1/1,000,000 of a user space unit

// "-12.5" and the like, exactly; digits beyond the sixth are rounded.
Micro parse_micro(const std::string& decimal);
std::string format_micro(Micro value);

struct Box {
  Micro left = 0;
  Micro bottom = 0;
  Micro right = 0;
  Micro top = 0;

  Micro width() const { return right - left; }
  Micro height() const { return top - bottom; }
  bool empty() const { return width() <= 0 || height() <= 0; }
};

Box intersection(const Box& a, const Box& b);

struct PageGeometry {
  Box crop;              // what is displayed: crop box within media box
  int rotate = 0;        // 0, 90, 180 or 270, clockwise
  double user_unit = 1;  // points a unit

  bool sideways() const { return rotate == 90 || rotate == 270; }
  // Displayed, in points.
  double display_width() const;
  double display_height() const;
};

PageSize displayed_size(const PageGeometry& page);

// The rectangle lies on the page, give or take a rounding of 1/1000 point.
bool lies_on_page(const PageGeometry& page, const PageRect& rect);

Box to_user_space(const PageGeometry& page, const PageRect& rect);

// The matrix that puts a drawing of the displayed page (points, origin bottom left, y up) where the
// displayed page lies in user space.
std::array<double, 6> display_matrix(const PageGeometry& page);

// "a b c d e f", as operands of cm.
std::string format_matrix(const std::array<double, 6>& matrix);

}  // namespace cinnabar::pdf
