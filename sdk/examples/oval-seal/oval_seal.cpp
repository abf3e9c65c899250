#include "oval_seal.hpp"

#include <cinnabar/drawing/glyphs.hpp>
#include <cinnabar/drawing/preview.hpp>

#include <algorithm>

namespace example {

using namespace cinnabar;
using drawing::Glyph;
using drawing::Path;
using drawing::Point;
using drawing::Transform;

namespace {

// Of a seal 45 mm wide; others scale.
constexpr double kHeightShare = 2.0 / 3;
constexpr double kOuterRing = 1.2, kRingGap = 0.6, kInnerRing = 0.3;
constexpr double kNameSize = 4.2, kTitleSize = 4.0, kCodeSize = 2.4;
constexpr double kTextInset = 1.0;  // between the rings and the text
// How far an arc of text may run, and how narrow its characters may become, before it is too long.
constexpr double kNameArc = 4.2, kCodeArc = 1.6;  // radians of the ellipse's parameter
constexpr double kNarrowest = 0.5;
constexpr int kArcSteps = 720;
// Of a Chinese character's square, what lies below the baseline.
constexpr double kDescent = 0.12;

struct Line {
  std::vector<Glyph> glyphs;
  double ems = 0;
};

Error unfit(const std::string& text, const std::string& reason) {
  return Error("seal.text_unfit", {{"text", text}, {"reason", reason}});
}

Line line_of(const drawing::Font& font, const std::string& text) {
  Line line;
  const std::u32string characters = drawing::code_points(text);
  const std::string missing = font.missing(characters);
  if (!missing.empty()) throw unfit(text, "the font has no glyph for " + missing);
  for (const char32_t c : characters) line.ems += line.glyphs.emplace_back(font.glyph(c)).advance;
  return line;
}

double narrowing(const std::string& text, double room, double size, double ems) {
  const double share = std::min(1.0, room / (ems * size));
  if (share < kNarrowest) throw unfit(text, "it is too long");
  return share;
}

// An ellipse around the origin, walked by length: where a text's characters stand.
class Arc {
 public:
  // From the parameter `from` over `span` radians; negative: clockwise.
  Arc(double a, double b, double from, double span) : a_(a), b_(b), from_(from), span_(span) {
    lengths_.push_back(0);
    for (int i = 1; i <= kArcSteps; ++i) {
      const Point p = at(i - 1), q = at(i);
      lengths_.push_back(lengths_.back() + std::hypot(q.x - p.x, q.y - p.y));
    }
  }
  double length() const { return lengths_.back(); }
  // The map that puts an upright character, centred on its own origin, at that length of the way.
  Transform stand(double length) const {
    const auto found = std::upper_bound(lengths_.begin(), lengths_.end(), length);
    const auto i = std::clamp<std::ptrdiff_t>(found - lengths_.begin(), 1, kArcSteps);
    const Point p = at(static_cast<int>(i) - 1), q = at(static_cast<int>(i));
    const double part = (length - lengths_[static_cast<std::size_t>(i) - 1]) /
                        (lengths_[static_cast<std::size_t>(i)] -
                         lengths_[static_cast<std::size_t>(i) - 1]);
    return Transform::move(p.x + (q.x - p.x) * part, p.y + (q.y - p.y) * part) *
           Transform::rotate(std::atan2(q.y - p.y, q.x - p.x));
  }

 private:
  Point at(int step) const {
    const double angle = from_ + span_ * step / kArcSteps;
    return {a_ * std::cos(angle), b_ * std::sin(angle)};
  }

  double a_, b_, from_, span_;
  std::vector<double> lengths_;
};

void add_along(Path& path, const std::string& text, const Line& line, const Arc& arc, double size) {
  const double share = narrowing(text, arc.length(), size, line.ems);
  double at = (arc.length() - line.ems * size * share) / 2;
  for (const Glyph& glyph : line.glyphs) {
    const double width = glyph.advance * size * share;
    path.add(glyph.outline, arc.stand(at + width / 2) *
                                Transform::move(-width / 2, kDescent * size) *
                                Transform::scale(size * share, size));
    at += width;
  }
}

void add_straight(Path& path, const std::string& text, const Line& line, double room, double size) {
  const double share = narrowing(text, room, size, line.ems);
  double at = -line.ems * size * share / 2;
  for (const Glyph& glyph : line.glyphs) {
    path.add(glyph.outline, Transform::move(at, (kDescent - 0.5) * size) *
                                Transform::scale(size * share, size));
    at += glyph.advance * size * share;
  }
}

void add_ring(Path& path, double a, double b, double thickness) {
  Path circle, hole;
  circle.circle({0, 0}, 1);
  hole.circle({0, 0}, 1, true);
  path.add(circle, Transform::scale(a, b));
  path.add(hole, Transform::scale(a - thickness, b - thickness));
}

double checked_width(const SealDesign& design) {
  const std::int64_t um = std::max(design.width_um, design.height_um);
  if (um == 0) return kOvalMmUsual;
  const double mm = static_cast<double>(um) / 1000;
  if (mm < kOvalMmMin || mm > kOvalMmMax)
    throw Error("seal.size_unfit", {{"least", std::to_string(static_cast<int>(kOvalMmMin))},
                                    {"most", std::to_string(static_cast<int>(kOvalMmMax))},
                                    {"given", std::to_string(um / 1000)}});
  return mm;
}

// Around the origin, 45 mm wide.
Path usual_oval(const drawing::Font& font, const SealDesign& design) {
  constexpr double kA = kOvalMmUsual / 2, kB = kA * kHeightShare;
  constexpr double kRings = kOuterRing + kRingGap + kInnerRing + kTextInset;
  Path path;
  add_ring(path, kA, kB, kOuterRing);
  add_ring(path, kA - kOuterRing - kRingGap, kB - kOuterRing - kRingGap, kInnerRing);
  // The upper text stands on an ellipse inside the rings, read clockwise; the lower one hangs with
  // its feet outwards, read counterclockwise.
  const double upper = kRings + kNameSize, lower = kRings;
  add_along(path, design.text, line_of(font, design.text),
            Arc(kA - upper, kB - upper, drawing::kPi / 2 + kNameArc / 2, -kNameArc), kNameSize);
  if (!design.code.empty())
    add_along(path, design.code, line_of(font, design.code),
              Arc(kA - lower, kB - lower, -drawing::kPi / 2 - kCodeArc / 2, kCodeArc), kCodeSize);
  if (!design.title.empty())
    add_straight(path, design.title, line_of(font, design.title),
                 2 * (kA - upper) - 2 * kTextInset, kTitleSize);
  return path;
}

}  // namespace

SealImage OvalSeal::draw(const SealDesign& design, const Call&) {
  const auto color = drawing::ink(design.color);
  if (!color) throw Error("seal.color_unknown", {{"color", design.color}});
  const double width = checked_width(design), height = width * kHeightShare;
  const double scale = width / kOvalMmUsual;
  // Opened for this drawing only: seals are drawn once and kept by whoever asks.
  const drawing::Font font(config_.font_file, config_.font_family);
  Path path;
  path.add(usual_oval(font, design),
           Transform::move(width / 2, height / 2) * Transform::scale(scale, scale));
  SealImage image;
  image.drawing = drawing::drawing_of(path, *color, width, height);
  image.png = Bytes(drawing::preview_png(path, *color, width, height));
  image.width_um = std::llround(width * 1000);
  image.height_um = std::llround(height * 1000);
  return image;
}

}  // namespace example
