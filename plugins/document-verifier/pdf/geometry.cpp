#include "geometry.hpp"

namespace cinnabar::pdf {

namespace {

double distance_to_edge(Point p, Point from, Point to) {
  const double dx = to.x - from.x, dy = to.y - from.y;
  const double length = dx * dx + dy * dy;
  const double along =
      length > 0 ? std::clamp(((p.x - from.x) * dx + (p.y - from.y) * dy) / length, 0.0, 1.0) : 0;
  return std::hypot(p.x - from.x - along * dx, p.y - from.y - along * dy);
}

// How the edge winds around the point: 1, -1 or 0.
int winding(Point p, Point from, Point to) {
  if ((from.y <= p.y) == (to.y <= p.y)) return 0;
  const double side = (to.x - from.x) * (p.y - from.y) - (p.x - from.x) * (to.y - from.y);
  if (to.y > from.y) return side > 0 ? 1 : 0;
  return side < 0 ? -1 : 0;
}

}  // namespace

Box Box::common(const Box& other) const {
  return {std::max(left, other.left), std::max(bottom, other.bottom), std::min(right, other.right),
          std::min(top, other.top)};
}

std::vector<Point> Box::corners() const {
  return {{left, bottom}, {right, bottom}, {right, top}, {left, top}};
}

Box box_around(const std::vector<Point>& points) {
  if (points.empty()) return {};
  Box out{points[0].x, points[0].y, points[0].x, points[0].y};
  for (const Point& p : points)
    out = {std::min(out.left, p.x), std::min(out.bottom, p.y), std::max(out.right, p.x),
           std::max(out.top, p.y)};
  return out;
}

std::optional<Box> box_of(const std::vector<double>& numbers) {
  if (numbers.size() != 4) return std::nullopt;
  return box_around({{numbers[0], numbers[1]}, {numbers[2], numbers[3]}});
}

double Matrix::scale() const { return std::sqrt(std::fabs(a * d - b * c)); }

Matrix then(const Matrix& first, const Matrix& second) {
  return {first.a * second.a + first.b * second.c,
          first.a * second.b + first.b * second.d,
          first.c * second.a + first.d * second.c,
          first.c * second.b + first.d * second.d,
          first.e * second.a + first.f * second.c + second.e,
          first.e * second.b + first.f * second.d + second.f};
}

std::size_t Path::points() const {
  std::size_t out = 0;
  for (const std::vector<Point>& ring : rings) out += ring.size();
  return out;
}

bool Path::covers(Point point, double margin) const {
  int turns = 0;
  for (const std::vector<Point>& ring : rings) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const Point from = ring[i], to = ring[(i + 1) % ring.size()];
      if (distance_to_edge(point, from, to) <= margin) return true;
      turns += winding(point, from, to);
    }
  }
  return even_odd ? turns % 2 != 0 : turns != 0;
}

}  // namespace cinnabar::pdf
