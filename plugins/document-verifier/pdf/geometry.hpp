// Points, matrices and closed shapes on a page, in its default user space.
//
// Values: any thread. Source: ISO 32000-2, 8.3 and 8.5.
#pragma once

#include <cinnabar/pdf/object.hpp>

#include <optional>
#include <vector>

namespace cinnabar::pdf {

struct Point {
  double x = 0, y = 0;
};

struct Box {
  double left = 0, bottom = 0, right = 0, top = 0;

  double width() const { return right - left; }
  double height() const { return top - bottom; }
  bool holds(Point p) const { return p.x >= left && p.x <= right && p.y >= bottom && p.y <= top; }
  Box shrunk(double by) const { return {left + by, bottom + by, right - by, top - by}; }
  Box common(const Box& other) const;
  std::vector<Point> corners() const;
};

// The smallest box around the points; none when there are no points.
Box box_around(const std::vector<Point>& points);

// Four numbers, corners in any order. `numbers` are resolved.
std::optional<Box> box_of(const std::vector<double>& numbers);

struct Matrix {
  double a = 1, b = 0, c = 0, d = 1, e = 0, f = 0;

  Point apply(Point p) const { return {a * p.x + c * p.y + e, b * p.x + d * p.y + f}; }
  double scale() const;  // of lengths, on average
};

// First the one, then the other.
Matrix then(const Matrix& first, const Matrix& second);

// Polygons that are filled together.
struct Path {
  std::vector<std::vector<Point>> rings;
  bool even_odd = false;

  std::size_t points() const;
  // The point lies inside, or no further outside than `margin`.
  bool covers(Point point, double margin) const;
};

}  // namespace cinnabar::pdf
