// Glyphs: the outlines of a font's characters as paths, for seals and lines of text.
//
// Header-only over FreeType (link PkgConfig freetype2). Outlines are taken in the font's own units,
// unhinted, one glyph a character: enough for Chinese and Latin names, and the same on every
// machine that has the font. A Font holds the opened file; open it for a drawing and let it go.
// Thread-safety: one thread a Font.
#pragma once

#include <cinnabar/drawing/path.hpp>
#include <cinnabar/error.hpp>

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

namespace cinnabar::drawing {

// One character: its outline in units of the em (1 = the font's size), from the baseline.
struct Glyph {
  char32_t character = 0;
  Path outline;
  double advance = 0;
};

// The code points of a UTF-8 text; a byte that belongs to none becomes U+FFFD.
inline std::u32string code_points(std::string_view text) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3
                             : lead >> 3 == 30 ? 4 : 0;
    if (size == 0 || i + size > text.size()) {
      out += U'\ufffd';
      ++i;
      continue;
    }
    char32_t c = size == 1 ? lead : lead & (0x7fu >> size);
    for (std::size_t k = 1; k < size; ++k)
      c = c << 6 | (static_cast<unsigned char>(text[i + k]) & 63);
    out += c;
    i += size;
  }
  return out;
}

inline std::string utf8(char32_t c) {
  std::string out;
  if (c < 0x80) return {static_cast<char>(c)};
  const int tail = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr unsigned kLead[] = {0, 0xC0, 0xE0, 0xF0};
  out += static_cast<char>(kLead[tail] | c >> (6 * tail));
  for (int k = tail - 1; k >= 0; --k) out += static_cast<char>(0x80 | (c >> (6 * k) & 63));
  return out;
}

class Font {
 public:
  // The face of that family name in the file. Throws a failure that names the file.
  Font(const std::string& file, const std::string& family) {
    if (FT_Init_FreeType(&library_) != 0) throw failure("FreeType does not start");
    for (FT_Long index = 0, count = 1; index < count; ++index) {
      if (FT_New_Face(library_, file.c_str(), index, &face_) != 0) break;
      count = face_->num_faces;
      if (face_->family_name && family == face_->family_name) return;
      FT_Done_Face(face_);
    }
    FT_Done_FreeType(library_);
    throw failure("the font " + family + " is not in " + file +
                  ": install the package fonts-noto-cjk, or name another font in the plugin's "
                  "configuration");
  }
  ~Font() {
    FT_Done_Face(face_);
    FT_Done_FreeType(library_);
  }
  Font(const Font&) = delete;
  Font& operator=(const Font&) = delete;

  bool has(char32_t c) const { return FT_Get_Char_Index(face_, c) != 0; }

  // The characters that have no glyph here; empty: all can be drawn.
  std::string missing(std::u32string_view text) const {
    std::string out;
    for (const char32_t c : text)
      if (!has(c) && out.find(utf8(c)) == std::string::npos) out += utf8(c);
    return out;
  }

  Glyph glyph(char32_t c) const {
    if (FT_Load_Char(face_, c, FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) != 0)
      throw failure("the font gives no outline of U+" + std::to_string(c));
    Collector to{Glyph{c, {}, 0}, 1.0 / face_->units_per_EM, {}, false};
    to.glyph.advance = static_cast<double>(face_->glyph->advance.x) * to.unit;
    const FT_Outline_Funcs functions{Collector::move, Collector::line, Collector::conic,
                                     Collector::cubic, 0, 0};
    if (FT_Outline_Decompose(&face_->glyph->outline, &functions, &to) != 0)
      throw failure("the font's outline of U+" + std::to_string(c) + " is broken");
    if (to.open) to.glyph.outline.close();
    return std::move(to.glyph);
  }

 private:
  struct Collector {
    Glyph glyph;
    double unit;
    Point at;
    bool open;

    Point point(const FT_Vector* v) const {
      return {static_cast<double>(v->x) * unit, static_cast<double>(v->y) * unit};
    }
    static int move(const FT_Vector* to, void* self) {
      auto& c = *static_cast<Collector*>(self);
      if (c.open) c.glyph.outline.close();
      c.open = true;
      c.glyph.outline.move(c.at = c.point(to));
      return 0;
    }
    static int line(const FT_Vector* to, void* self) {
      auto& c = *static_cast<Collector*>(self);
      c.glyph.outline.line(c.at = c.point(to));
      return 0;
    }
    // A quadratic curve as the cubic one that is the same.
    static int conic(const FT_Vector* control, const FT_Vector* to, void* self) {
      auto& c = *static_cast<Collector*>(self);
      const Point q = c.point(control), end = c.point(to);
      const auto mix = [&](Point p) {
        return Point{p.x + 2.0 / 3 * (q.x - p.x), p.y + 2.0 / 3 * (q.y - p.y)};
      };
      c.glyph.outline.curve(mix(c.at), mix(end), end);
      c.at = end;
      return 0;
    }
    static int cubic(const FT_Vector* control1, const FT_Vector* control2, const FT_Vector* to,
                     void* self) {
      auto& c = *static_cast<Collector*>(self);
      c.glyph.outline.curve(c.point(control1), c.point(control2), c.at = c.point(to));
      return 0;
    }
  };

  FT_Library library_ = nullptr;
  FT_Face face_ = nullptr;
};

}  // namespace cinnabar::drawing
