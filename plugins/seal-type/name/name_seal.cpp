#include "name_seal.hpp"

#include <algorithm>

namespace cinnabar {
namespace {

using drawing::Box;
using drawing::Font;
using drawing::Path;
using drawing::Transform;

// Of a square 18 mm wide; others scale.
constexpr double kFrame = 1.0;
constexpr double kInset = 0.9;  // between frame and characters
constexpr double kCellGap = 0.35;
// Of a framed line, in heights of the line.
constexpr double kLineText = 0.56;
constexpr double kLinePadding = 0.3;
constexpr double kLineFrame = 0.06;
constexpr double kStretchMin = 0.6;
constexpr double kLineWidthMax = 60;  // millimetres
constexpr double kBlank = 0.3;        // em
constexpr double kDescent = 0.12;     // of a Chinese character's square below the baseline

[[noreturn]] void unfit(const std::string& text, std::string reason) {
  throw Error("seal.text_unfit", {{"part", "name"}, {"text", text}, {"reason", std::move(reason)}});
}

double checked_mm(std::int64_t um, double usual) {
  if (um == 0) return usual;
  const double mm = static_cast<double>(um) / 1000;
  if (mm < kNameMmMin || mm > kNameMmMax)
    throw Error("seal.size_unfit", {{"least", std::to_string(static_cast<int>(kNameMmMin))},
                                    {"most", std::to_string(static_cast<int>(kNameMmMax))},
                                    {"given", std::to_string(um / 1000)}});
  return mm;
}

// The Unified Ideographs and their extensions, in Unicode 15.
bool is_chinese(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x20000 && c <= 0x323AF) || (c >= 0xF900 && c <= 0xFAFF) || c == U'〇';
}

// Carved seals fill the square: two characters get 之印, three get 印.
std::optional<std::u32string> square_text(const std::u32string& name) {
  if (name.size() < 2 || name.size() > 4 || !std::all_of(name.begin(), name.end(), is_chinese))
    return std::nullopt;
  std::u32string text = name;
  if (text.size() == 2) text.push_back(U'之');
  if (text.size() == 3) text.push_back(U'印');
  return text;
}

// Stretches a character's ink to fill a cell, as a carver does, but never beyond its shape by more
// than a third: 一 stays a stroke.
void add_filling(Path& seal, const Path& outline, Box cell) {
  const Box ink = outline.bounds();
  const double width = cell.right - cell.left, height = cell.top - cell.bottom;
  const double em = std::min(width, height);
  const double x = std::min(width / (ink.right - ink.left), em * 1.33);
  const double y = std::min(height / (ink.top - ink.bottom), em * 1.33);
  seal.add(outline, Transform::move((cell.left + cell.right) / 2, (cell.bottom + cell.top) / 2) *
                        Transform::scale(x, y) *
                        Transform::move(-(ink.left + ink.right) / 2, -(ink.bottom + ink.top) / 2));
}

NameSeal square(const Font& font, const std::u32string& text, double mm) {
  const double scale = mm / kSquareMmUsual, frame = kFrame * scale;
  NameSeal seal{{}, mm, mm};
  seal.path.rectangle(0, 0, mm, mm);
  seal.path.rectangle(frame, frame, mm - frame, mm - frame, true);
  const double edge = frame + kInset * scale, middle = mm / 2, gap = kCellGap * scale;
  for (std::size_t i = 0; i < 4; ++i) {
    const bool right = i < 2, upper = i % 2 == 0;  // right column first, each from the top
    Box cell;
    cell.left = right ? middle + gap : edge;
    cell.right = right ? mm - edge : middle - gap;
    cell.bottom = upper ? middle + gap : edge;
    cell.top = upper ? mm - edge : middle - gap;
    add_filling(seal.path, font.glyph(text[i]).outline, cell);
  }
  return seal;
}

NameSeal framed_line(const Font& font, const std::u32string& text, const SealDesign& design) {
  const double height = checked_mm(design.height_um, kLineMmUsual);
  std::vector<drawing::Glyph> glyphs;
  double ems = 0;
  bool blank = true;
  for (const char32_t c : text) {
    glyphs.push_back(font.glyph(c));
    if (glyphs.back().outline.steps().empty()) glyphs.back().advance = kBlank;
    ems += glyphs.back().advance;
    blank = blank && glyphs.back().outline.steps().empty();
  }
  if (blank) unfit(design.text, "it is blank");
  const double size = kLineText * height;
  const double padding = kLinePadding * height;
  const double width_max =
      design.width_um == 0 ? kLineWidthMax : checked_mm(design.width_um, kLineWidthMax);
  const double stretch = std::min(1.0, (width_max - 2 * padding) / (ems * size));
  if (stretch < kStretchMin) unfit(design.text, "it is too long");
  const double ink_width = ems * size * stretch;
  const double width = design.width_um == 0 ? std::max(ink_width + 2 * padding, height) : width_max;
  const double frame = kLineFrame * height;
  NameSeal seal{{}, width, height};
  seal.path.rectangle(0, 0, width, height);
  seal.path.rectangle(frame, frame, width - frame, height - frame, true);
  double at = (width - ink_width) / 2;
  const double foot = (height - size) / 2 + kDescent * size;
  for (const auto& glyph : glyphs) {
    seal.path.add(glyph.outline,
                  Transform::move(at, foot) * Transform::scale(size * stretch, size));
    at += glyph.advance * size * stretch;
  }
  return seal;
}

}  // namespace

NameSeal name_seal(const Font& font, const SealDesign& design) {
  const std::u32string name = drawing::code_points(design.text);
  const auto square_name = square_text(name);
  const std::string missing = font.missing(square_name ? *square_name : name);
  if (!missing.empty()) unfit(design.text, "the font has no glyph for " + missing);
  if (square_name)
    return square(font, *square_name,
                  checked_mm(std::max(design.width_um, design.height_um), kSquareMmUsual));
  return framed_line(font, name, design);
}

}  // namespace cinnabar
