#include "text_line.hpp"

namespace cinnabar {
namespace {

using drawing::Transform;

constexpr double kLineHeight = 1.2;   // of the size
constexpr double kBaseline = 0.22;    // of the size, above the box's foot

[[noreturn]] void unfit(const std::string& text, std::string reason) {
  throw Error("seal.text_unfit", {{"part", "text"}, {"text", text}, {"reason", std::move(reason)}});
}

}  // namespace

Drawing text_line(const drawing::Font& font, const std::string& text, std::int64_t font_size) {
  const std::u32string characters = drawing::code_points(text);
  if (characters.empty() || characters.size() > kTextCharactersMax)
    unfit(text, "it must have 1 to " + std::to_string(kTextCharactersMax) + " characters");
  if (font_size < kTextSizeMin || font_size > kTextSizeMax)
    unfit(text, "its size is not between 4 and 96 points");
  const std::string missing = font.missing(characters);
  if (!missing.empty()) unfit(text, "the font has no glyph for " + missing);
  const double size_mm = static_cast<double>(font_size) / 1000 / drawing::kPointsPerMm;
  drawing::Path path;
  double at = 0;
  for (const char32_t c : characters) {
    const drawing::Glyph glyph = font.glyph(c);
    path.add(glyph.outline, Transform::move(at, kBaseline * size_mm) *
                                Transform::scale(size_mm, size_mm));
    at += glyph.advance * size_mm;
  }
  return drawing::drawing_of(path, *drawing::ink("black"), at, kLineHeight * size_mm);
}

}  // namespace cinnabar
