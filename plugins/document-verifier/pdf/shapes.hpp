// Builds the paths of a content stream in the page's space.
//
// One walk, one thread. Source: ISO 32000-2, 8.5.
#pragma once

#include "content.hpp"
#include "geometry.hpp"

namespace cinnabar::pdf {

class PathWalk {
 public:
  // `points_max`: what a path has beyond is left out.
  explicit PathWalk(std::size_t points_max) : points_max_(points_max) {}

  // True when the operator builds a path.
  bool take(const Operation& operation, const Matrix& page);

  Path filled(bool even_odd) const;
  Path stroked(double width) const;  // each line as an area
  void clear();

 private:
  void add(Point point, const Matrix& page, bool begins);
  void curve(Point one, Point two, Point end, const Matrix& page);

  std::size_t points_max_;
  std::size_t points_ = 0;
  Point at_;                               // before the matrix
  std::vector<std::vector<Point>> rings_;  // behind the matrix
  std::vector<bool> closed_;
};

}  // namespace cinnabar::pdf
