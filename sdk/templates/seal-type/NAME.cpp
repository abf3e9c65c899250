#include "@ident@.hpp"

#include <cinnabar/drawing/glyphs.hpp>
#include <cinnabar/drawing/preview.hpp>

namespace @ident@_plugin {

using namespace cinnabar;
using drawing::Path;
using drawing::Transform;

namespace {

// Millimetres. A stamp is what it says in the request, or this.
constexpr double kWidthUsual = 50, kHeightUsual = 20;
constexpr double kSizeMin = 10, kSizeMax = 80;
constexpr double kFrame = 0.8, kPadding = 2.0;
// Characters may be narrowed down to this before a text counts as too long.
constexpr double kNarrowest = 0.5;
// Of a Chinese character's square, what lies below the baseline.
constexpr double kDescent = 0.12;

double millimetres(std::int64_t um, double usual) {
  if (um == 0) return usual;
  const double mm = static_cast<double>(um) / 1000;
  if (mm < kSizeMin || mm > kSizeMax)
    throw Error("seal.size_unfit", {{"least", std::to_string(static_cast<int>(kSizeMin))},
                                    {"most", std::to_string(static_cast<int>(kSizeMax))},
                                    {"given", std::to_string(um / 1000)}});
  return mm;
}

Error unfit(const std::string& text, const std::string& reason) {
  return Error("seal.text_unfit", {{"text", text}, {"reason", reason}});
}

// One line of text into the box, centred, as high as the box and narrowed to fit its width.
void add_line(Path& path, const drawing::Font& font, const std::string& text, drawing::Box box) {
  const std::u32string characters = drawing::code_points(text);
  const std::string missing = font.missing(characters);
  if (!missing.empty()) throw unfit(text, "the font has no glyph for " + missing);
  std::vector<drawing::Glyph> glyphs;
  double ems = 0;
  for (const char32_t c : characters) ems += glyphs.emplace_back(font.glyph(c)).advance;
  const double size = box.top - box.bottom, width = box.right - box.left;
  const double narrowing = std::min(1.0, width / (ems * size));
  if (narrowing < kNarrowest) throw unfit(text, "it is too long");
  double at = box.left + (width - ems * size * narrowing) / 2;
  for (const drawing::Glyph& glyph : glyphs) {
    path.add(glyph.outline, Transform::move(at, box.bottom + kDescent * size) *
                                Transform::scale(size * narrowing, size));
    at += glyph.advance * size * narrowing;
  }
}

drawing::Box box(double left, double bottom, double right, double top) {
  return {left, bottom, right, top, false};
}

}  // namespace

SealImage @Class@::draw(const SealDesign& design, const Call&) {
  const auto color = drawing::ink(design.color);
  if (!color) throw Error("seal.color_unknown", {{"color", design.color}});
  const double width = millimetres(design.width_um, kWidthUsual);
  const double height = millimetres(design.height_um, kHeightUsual);
  // Opened for this drawing only: seals are drawn once and kept by whoever asks.
  const drawing::Font font(settings_.font_file, settings_.font_family);

  Path path;
  path.rectangle(0, 0, width, height);
  path.rectangle(kFrame, kFrame, width - kFrame, height - kFrame, true);
  const double left = kFrame + kPadding, right = width - left;
  const double bottom = left, top = height - left, line = (top - bottom) / 2;
  if (design.title.empty()) {
    add_line(path, font, design.text, box(left, bottom + line / 2, right, top - line / 2));
  } else {
    add_line(path, font, design.text, box(left, top - line, right, top));
    add_line(path, font, design.title, box(left, bottom, right, bottom + line * 0.8));
  }

  SealImage image;
  image.drawing = drawing::drawing_of(path, *color, width, height);
  image.png = Bytes(drawing::preview_png(path, *color, width, height));
  image.width_um = std::llround(width * 1000);
  image.height_um = std::llround(height * 1000);
  return image;
}

}  // namespace @ident@_plugin
