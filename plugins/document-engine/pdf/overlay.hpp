// Draws the values of a contract on transparent pages with embedded subset fonts.
//
// Owner: the document engine. Not thread-safe; use from the worker's one thread. One PDF holds all
// overlay pages of a document, so that its pages share their fonts.
#pragma once

#include "load.hpp"

#include <map>

namespace cinnabar::pdf {

struct OverlayPages {
  std::string pdf;                           // empty: nothing was drawn
  std::map<std::size_t, std::size_t> index;  // page of the document (from 0) -> page of the overlay
};

// Errors: document.page_out_of_range, document.rect_outside_page, and those of draw_text().
OverlayPages draw_fills(const std::vector<Page>& pages, const std::vector<Fill>& fills);

struct Tile {
  std::string pdf;  // one page, its size is the tile's
  double width = 0;
  double height = 0;
};

// One tile of a watermark: slanted, grey, as outlines, so that it is neither searched nor copied.
// Errors: document.glyph_missing (control "watermark"), document.text_invalid.
Tile draw_watermark_tile(const std::string& text);

// The page of a field or fill, checked. Errors: document.page_out_of_range,
// document.rect_outside_page, with `control`.
const Page& checked_page(const std::vector<Page>& pages, int page, const PageRect& rect,
                         const std::string& control);

}  // namespace cinnabar::pdf
