// Sets a value into its control: breaks lines, shrinks what is too long, refuses what cannot be
// drawn.
//
// Owner: the document engine. Not thread-safe; one thread a process.
#pragma once

#include <cairo.h>

#include <string>

namespace cinnabar::pdf {

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

// Throws document.text_invalid or document.glyph_missing for text that cannot be drawn.
void check_drawable(const std::string& text, const std::string& control);

// Finds the fonts and opens those the engine prefers, so that later calls need not.
void warm_fonts();

}  // namespace cinnabar::pdf
