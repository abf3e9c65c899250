#include "round_seal.hpp"

#include "arc_layout.hpp"

#include <algorithm>

namespace cinnabar {
namespace {

using drawing::Font;
using drawing::Glyph;
using drawing::kPi;
using drawing::Path;
using drawing::Transform;

// Measures of a 42 mm seal, in millimetres; others scale.
constexpr double kRing = 1.2;
constexpr double kRingGap = 0.9;
constexpr double kNameHeight = 6.4;
constexpr double kNameHeightMin = 2.6;
constexpr double kStarRadius = 7.0;
constexpr double kTitleTop = -7.9;
constexpr double kTitleHeight = 4.2;
constexpr double kTitleHeightMin = 2.0;
constexpr double kTitleWidthMax = 20.0;
constexpr double kCodeHeight = 2.0;
constexpr double kCodeHeightMin = 1.3;

// The name leaves the bottom free for title and code.
constexpr double kNameAngle = 270 * kPi / 180;
constexpr double kNameAngleOverTitle = 236 * kPi / 180;
constexpr double kNameAngleOverCode = 244 * kPi / 180;
constexpr double kCodeAngle = 84 * kPi / 180;

constexpr double kStretchMin = 0.6;    // of the title
constexpr double kBlank = 0.35;        // em, of a space
constexpr double kMargin = 0.06;       // em, on each side of a narrow character's ink
constexpr double kDescent = 0.12;      // of a Chinese character's square below the baseline

[[noreturn]] void unfit(const char* part, const std::string& text, std::string reason) {
  throw Error("seal.text_unfit", {{"part", part}, {"text", text}, {"reason", std::move(reason)}});
}

// A character ready to be set: its ink and the width it takes, centred on x = 0.
struct Letter {
  Path outline;
  double width = 0;
};

// A Chinese character keeps its square; anything else (Latin, digits, brackets) takes its ink.
Letter letter_of(const Glyph& glyph) {
  const drawing::Box ink = glyph.outline.bounds();
  if (ink.empty) return {{}, kBlank};
  const bool square = glyph.advance > 0.95 && ink.right - ink.left > 0.6;
  const double width = square ? glyph.advance : ink.right - ink.left + 2 * kMargin;
  const double middle = square ? glyph.advance / 2 : (ink.left + ink.right) / 2;
  Letter letter{{}, width};
  letter.outline.add(glyph.outline, Transform::move(-middle, 0));
  return letter;
}

std::vector<Letter> letters_of(const Font& font, const char* part, const std::string& text) {
  const std::u32string characters = drawing::code_points(text);
  const std::string missing = font.missing(characters);
  if (!missing.empty()) unfit(part, text, "the font has no glyph for " + missing);
  std::vector<Letter> letters;
  for (const char32_t c : characters) letters.push_back(letter_of(font.glyph(c)));
  if (std::all_of(letters.begin(), letters.end(),
                  [](const Letter& letter) { return letter.outline.steps().empty(); }))
    unfit(part, text, "it is blank");
  return letters;
}

std::vector<double> widths_of(const std::vector<Letter>& letters) {
  std::vector<double> widths;
  for (const Letter& letter : letters) widths.push_back(letter.width);
  return widths;
}

// Along the upper arc, feet towards the centre.
void add_name(Path& seal, const Font& font, const std::string& name, ArcRoom room) {
  const auto letters = letters_of(font, "name", name);
  const auto layout = lay_out_arc(widths_of(letters), room);
  if (!layout)
    unfit("name", name, "its " + std::to_string(letters.size()) + " characters are too many");
  const double foot = room.outer_radius - layout->height * (1 - kDescent);
  for (std::size_t i = 0; i < letters.size(); ++i)
    seal.add(letters[i].outline,
             Transform::rotate(-layout->angles[i]) * Transform::move(0, foot) *
                 Transform::scale(layout->height * layout->stretch, layout->height));
}

// Along the lower arc, heads towards the centre, read from left to right.
void add_code(Path& seal, const Font& font, const std::string& code, ArcRoom room) {
  const auto letters = letters_of(font, "code", code);
  const auto layout = lay_out_arc(widths_of(letters), room);
  if (!layout) unfit("code", code, "it is too long");
  for (std::size_t i = 0; i < letters.size(); ++i)
    seal.add(letters[i].outline,
             Transform::rotate(layout->angles[i]) * Transform::move(0, -room.outer_radius) *
                 Transform::scale(layout->height * layout->stretch, layout->height));
}

void add_title(Path& seal, const Font& font, const std::string& title, double scale) {
  const auto letters = letters_of(font, "title", title);
  double ems = 0;
  for (const Letter& letter : letters) ems += letter.width;
  double height = kTitleHeight * scale;
  const double width_max = kTitleWidthMax * scale;
  double stretch = std::min(1.0, width_max / (ems * height));
  if (stretch < kStretchMin) {
    stretch = kStretchMin;
    height = width_max / (ems * stretch);
  }
  if (height < kTitleHeightMin * scale) unfit("title", title, "it is too long");
  // A smaller title keeps the middle of the line that a full-sized one would have.
  const double foot = kTitleTop * scale - (kTitleHeight * scale + height) / 2 + height * kDescent;
  double at = -ems * stretch * height / 2;
  for (const Letter& letter : letters) {
    const double width = letter.width * stretch * height;
    seal.add(letter.outline, Transform::move(at + width / 2, foot) *
                                 Transform::scale(height * stretch, height));
    at += width;
  }
}

Path star(double radius) {
  // The inner corners of a regular pentagram lie at 1/phi^2 of the outer ones.
  constexpr double kInner = 0.381966;
  std::vector<drawing::Point> corners;
  for (int i = 0; i < 10; ++i) {
    const double angle = kPi / 2 + i * kPi / 5, r = i % 2 ? radius * kInner : radius;
    corners.push_back({r * std::cos(angle), r * std::sin(angle)});
  }
  Path path;
  path.polygon(corners);
  return path;
}

}  // namespace

drawing::Path round_seal(const Font& font, const SealDesign& design, double diameter_mm) {
  const double scale = diameter_mm / kRoundMmUsual, radius = diameter_mm / 2;
  const double inside = radius - (kRing + kRingGap) * scale;
  Path centered;
  centered.ring({}, radius, radius - kRing * scale);
  centered.add(star(kStarRadius * scale), {});
  const double name_angle = !design.title.empty()  ? kNameAngleOverTitle
                            : !design.code.empty() ? kNameAngleOverCode
                                                   : kNameAngle;
  add_name(centered, font, design.text,
           {inside, name_angle, kNameHeight * scale, kNameHeightMin * scale});
  if (!design.title.empty()) add_title(centered, font, design.title, scale);
  if (!design.code.empty())
    add_code(centered, font, design.code,
             {inside, kCodeAngle, kCodeHeight * scale, kCodeHeightMin * scale});
  Path seal;
  seal.add(centered, Transform::move(radius, radius));
  return seal;
}

}  // namespace cinnabar
