// Sets text with Pango: finds fonts, refuses what no font can draw, shrinks what is too long.
//
// Owner: the document engine. Not thread-safe; use from the worker's one thread. Fonts come from
// fontconfig: Noto Serif CJK SC first, then whatever has the glyph.
#pragma once

#include <cairo.h>
#include <pango/pango.h>

#include <memory>
#include <string>
#include <vector>

namespace cinnabar::pdf {

struct Unref {
  void operator()(void* object) const;  // g_object_unref
};
using LayoutPtr = std::unique_ptr<PangoLayout, Unref>;

// A layout with our fonts at a size in points, one unit a point, no hinting.
LayoutPtr new_layout(const std::string& text, double size);
void set_size(PangoLayout* layout, double size);

// Characters of the layout's text that cannot be drawn: "𠀀 (U+20000)", each once; empty: all can.
// Control characters and those that turn the writing direction around count as undrawable, since
// the reader could not see them.
std::vector<std::string> undrawable(PangoLayout* layout);

struct TextBox {
  double width = 0;  // points
  double height = 0;
  double size = 0;  // wanted, points
  std::string align = "left";
  bool multi_line = false;
};

// Draws text into a box with its top left corner at the current origin, shrunk if need be.
// Errors: document.glyph_missing, document.text_overflow, document.text_invalid; each with
// `control`.
void draw_text(cairo_t* cairo, const std::string& text, const TextBox& box,
               const std::string& control);

// Loads every font face that the engine prefers, so that later calls open no files.
void warm_fonts();

}  // namespace cinnabar::pdf
