#include "shapes.hpp"

namespace cinnabar::pdf {

namespace {

// A curve as so many lines, which is within a hundredth of its size.
constexpr int kLinesOfACurve = 8;

}  // namespace

void PathWalk::clear() {
  rings_.clear();
  closed_.clear();
  points_ = 0;
}

void PathWalk::add(Point point, const Matrix& page, bool begins) {
  at_ = point;
  if (points_ >= points_max_) return;
  if (begins || rings_.empty() || closed_.back()) {
    const Point start = !begins && !rings_.empty() ? rings_.back().front() : page.apply(point);
    rings_.push_back({start});
    closed_.push_back(false);
    ++points_;
    if (begins) return;
  }
  rings_.back().push_back(page.apply(point));
  ++points_;
}

void PathWalk::curve(Point one, Point two, Point end, const Matrix& page) {
  const Point start = at_;
  for (int i = 1; i <= kLinesOfACurve; ++i) {
    const double t = static_cast<double>(i) / kLinesOfACurve, s = 1 - t;
    const double w0 = s * s * s, w1 = 3 * s * s * t, w2 = 3 * s * t * t, w3 = t * t * t;
    add({w0 * start.x + w1 * one.x + w2 * two.x + w3 * end.x,
         w0 * start.y + w1 * one.y + w2 * two.y + w3 * end.y},
        page, false);
  }
}

bool PathWalk::take(const Operation& operation, const Matrix& page) {
  const std::string_view word = operation.word;
  const auto point = [&](std::size_t i) {
    return Point{operation.number(2 * i), operation.number(2 * i + 1)};
  };
  if (word == "m") {
    add(point(0), page, true);
  } else if (word == "l") {
    add(point(0), page, false);
  } else if (word == "c") {
    curve(point(0), point(1), point(2), page);
  } else if (word == "v") {
    curve(at_, point(0), point(1), page);
  } else if (word == "y") {
    curve(point(0), point(1), point(1), page);
  } else if (word == "h") {
    if (!closed_.empty()) closed_.back() = true;
  } else if (word == "re") {
    const Point from = point(0), size = point(1);
    add(from, page, true);
    add({from.x + size.x, from.y}, page, false);
    add({from.x + size.x, from.y + size.y}, page, false);
    add({from.x, from.y + size.y}, page, false);
    if (!closed_.empty()) closed_.back() = true;
    at_ = from;
  } else {
    return false;
  }
  return true;
}

Path PathWalk::filled(bool even_odd) const { return {rings_, even_odd}; }

// Each line as a rectangle; all wind the same way, so that none undoes another.
Path PathWalk::stroked(double width) const {
  Path out;
  for (std::size_t ring = 0; ring < rings_.size(); ++ring) {
    const std::vector<Point>& points = rings_[ring];
    const std::size_t lines = points.size() - (closed_[ring] ? 0 : 1);
    for (std::size_t i = 0; i < lines; ++i) {
      const Point from = points[i], to = points[(i + 1) % points.size()];
      const double length = std::hypot(to.x - from.x, to.y - from.y);
      if (length == 0) continue;
      const double x = (to.y - from.y) / length * width / 2;
      const double y = -(to.x - from.x) / length * width / 2;
      out.rings.push_back({{from.x + x, from.y + y},
                           {to.x + x, to.y + y},
                           {to.x - x, to.y - y},
                           {from.x - x, from.y - y}});
    }
  }
  return out;
}

}  // namespace cinnabar::pdf
