// Turns one line of text into positioned glyphs.
//
// Owner: the document engine. Not thread-safe; one thread a process. Fonts by fonts.hpp, shaping by
// HarfBuzz, writing direction by the Unicode Bidirectional Algorithm (UAX 9). Lengths are in em.
#pragma once

#include "fonts.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::pdf {

// A piece of a line in one face and direction.
struct GlyphRun {
  const Face* face = nullptr;
  std::string text;
  bool backward = false;              // right to left
  int level = 0;                      // of embedding
  std::vector<cairo_glyph_t> glyphs;  // from the run's own origin
  std::vector<cairo_text_cluster_t> clusters;
  double width = 0;
};

struct ShapedLine {
  std::vector<GlyphRun> runs;  // from left to right
  double width = 0;
  double above = 0;  // ink over the base line
  double below = 0;  // ink under it
};

// `text` is valid UTF-8 without line ends, and every character has a face.
ShapedLine shape_line(std::string_view text);

// Characters that cannot be drawn: "𠀀 (U+20000)", each once; empty: all can. Control characters
// and those that turn the writing direction count among them, since no reader could see them.
std::vector<std::string> undrawable(std::string_view text);

// Draws with the base line's left end at the current origin, at a size in user units.
void show_line(cairo_t* cairo, const ShapedLine& line, double size);
// Adds its outlines to the path instead.
void trace_line(cairo_t* cairo, const ShapedLine& line, double size);

}  // namespace cinnabar::pdf
