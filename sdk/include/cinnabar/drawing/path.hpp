// Paths: outlines filled with one colour, in millimetres, and the PDF operators that draw them.
//
// What a seal or a line of text is made of before it becomes a Drawing. Coordinates have their
// origin at the lower left and grow to the right and upwards. Everything is filled by the nonzero
// rule: a hole runs against its surrounding outline. The same path always gives the same bytes.
// Values; any thread.
#pragma once

#include <cinnabar/services/signature_engine.hpp>

#include <cmath>

namespace cinnabar::drawing {

inline constexpr double kPointsPerMm = 72.0 / 25.4;
inline constexpr double kPi = 3.14159265358979323846;

struct Point {
  double x = 0;
  double y = 0;
};

// An affine map as PDF writes it: x' = a x + c y + e, y' = b x + d y + f.
struct Transform {
  double a = 1, b = 0, c = 0, d = 1, e = 0, f = 0;

  Point operator()(Point p) const { return {a * p.x + c * p.y + e, b * p.x + d * p.y + f}; }
  // First `inner`, then this.
  Transform operator*(const Transform& inner) const {
    return {a * inner.a + c * inner.b,     b * inner.a + d * inner.b,
            a * inner.c + c * inner.d,     b * inner.c + d * inner.d,
            a * inner.e + c * inner.f + e, b * inner.e + d * inner.f + f};
  }
  static Transform move(double x, double y) { return {1, 0, 0, 1, x, y}; }
  static Transform scale(double x, double y) { return {x, 0, 0, y, 0, 0}; }
  // Counterclockwise.
  static Transform rotate(double radians) {
    const double s = std::sin(radians), c = std::cos(radians);
    return {c, s, -s, c, 0, 0};
  }
};

struct Step {
  enum class Kind { move, line, curve, close } kind;
  Point to{}, control1{}, control2{};  // the controls: of a curve
};

struct Box {
  double left = 0, bottom = 0, right = 0, top = 0;
  bool empty = true;

  void add(Point p) {
    if (empty) left = right = p.x, bottom = top = p.y, empty = false;
    left = std::min(left, p.x);
    right = std::max(right, p.x);
    bottom = std::min(bottom, p.y);
    top = std::max(top, p.y);
  }
};

class Path {
 public:
  void move(Point to) { steps_.push_back({Step::Kind::move, to}); }
  void line(Point to) { steps_.push_back({Step::Kind::line, to}); }
  void curve(Point control1, Point control2, Point to) {
    steps_.push_back({Step::Kind::curve, to, control1, control2});
  }
  void close() { steps_.push_back({Step::Kind::close}); }

  void polygon(const std::vector<Point>& points) {
    for (std::size_t i = 0; i < points.size(); ++i) i ? line(points[i]) : move(points[i]);
    close();
  }
  // A rectangle; `hole` runs the other way round.
  void rectangle(double left, double bottom, double right, double top, bool hole = false) {
    if (hole)
      polygon({{left, bottom}, {left, top}, {right, top}, {right, bottom}});
    else
      polygon({{left, bottom}, {right, bottom}, {right, top}, {left, top}});
  }
  void circle(Point center, double radius, bool hole = false) {
    // Four cubic curves; with this handle the error is 0.03 % of the radius at most.
    const double k = radius * 0.5522847498, turn = hole ? -1 : 1;
    const auto at = [&](double x, double y) { return Point{center.x + x, center.y + turn * y}; };
    move(at(radius, 0));
    curve(at(radius, k), at(k, radius), at(0, radius));
    curve(at(-k, radius), at(-radius, k), at(-radius, 0));
    curve(at(-radius, -k), at(-k, -radius), at(0, -radius));
    curve(at(k, -radius), at(radius, -k), at(radius, 0));
    close();
  }
  void ring(Point center, double outer_radius, double inner_radius) {
    circle(center, outer_radius);
    circle(center, inner_radius, true);
  }
  void add(const Path& other, const Transform& transform) {
    for (Step step : other.steps_) {
      step.to = transform(step.to);
      step.control1 = transform(step.control1);
      step.control2 = transform(step.control2);
      steps_.push_back(step);
    }
  }

  const std::vector<Step>& steps() const { return steps_; }
  // Of all points, the controls of curves among them: never too small.
  Box bounds() const {
    Box box;
    for (const Step& step : steps_) {
      if (step.kind == Step::Kind::close) continue;
      box.add(step.to);
      if (step.kind != Step::Kind::curve) continue;
      box.add(step.control1);
      box.add(step.control2);
    }
    return box;
  }

 private:
  std::vector<Step> steps_;
};

struct Color {
  double red = 0, green = 0, blue = 0;
};

// The inks of seals; nothing for another name.
inline std::optional<Color> ink(std::string_view name) {
  if (name == "red") return Color{0.871, 0.075, 0.086};
  if (name == "blue") return Color{0.078, 0.196, 0.624};
  if (name == "black") return Color{0.0, 0.0, 0.0};
  return std::nullopt;
}

namespace detail {

// A number with at most two decimals and nothing superfluous: 1/100 point is finer than any
// printer, and every digit is paid for with each signature.
inline void append_number(std::string& out, double value) {
  long long scaled = std::llround(value * 100);
  if (scaled < 0) {
    out += '-';
    scaled = -scaled;
  }
  out += std::to_string(scaled / 100);
  const int rest = static_cast<int>(scaled % 100);
  if (rest == 0) return;
  out += '.';
  out += static_cast<char>('0' + rest / 10);
  if (rest % 10 != 0) out += static_cast<char>('0' + rest % 10);
}

inline void append_point(std::string& out, Point p) {
  append_number(out, p.x * kPointsPerMm);
  out += ' ';
  append_number(out, p.y * kPointsPerMm);
  out += ' ';
}

}  // namespace detail

// The operators (ISO 32000-2 8.5): a colour, the path, one fill.
inline std::string pdf_operators(const Path& path, Color color) {
  std::string out;
  for (const double part : {color.red, color.green, color.blue}) {
    detail::append_number(out, part);
    out += ' ';
  }
  out += "rg\n";
  for (const Step& step : path.steps()) {
    switch (step.kind) {
      case Step::Kind::move:
        detail::append_point(out, step.to);
        out += "m\n";
        break;
      case Step::Kind::line:
        detail::append_point(out, step.to);
        out += "l\n";
        break;
      case Step::Kind::curve:
        detail::append_point(out, step.control1);
        detail::append_point(out, step.control2);
        detail::append_point(out, step.to);
        out += "c\n";
        break;
      case Step::Kind::close:
        out += "h\n";
        break;
    }
  }
  out += "f\n";
  return out;
}

inline Drawing drawing_of(const Path& path, Color color, double width_mm, double height_mm) {
  return {Bytes(pdf_operators(path, color)), width_mm * kPointsPerMm, height_mm * kPointsPerMm};
}

}  // namespace cinnabar::drawing
