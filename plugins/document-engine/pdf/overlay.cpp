#include "overlay.hpp"

#include "limits.hpp"
#include "pdf_surface.hpp"
#include "shape.hpp"
#include "typeset.hpp"

#include <cinnabar/error.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace cinnabar::pdf {

namespace {

double points(std::int64_t milli) { return static_cast<double>(milli) / 1000; }

// A check mark in the middle of a box, drawn as a stroke: no font needs to have it.
void draw_check(cairo_t* cairo, double width, double height) {
  const double side = std::min(width, height);
  const double x = (width - side) / 2, y = (height - side) / 2;
  cairo_set_line_width(cairo, side * 0.11);
  cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
  cairo_move_to(cairo, x + side * 0.18, y + side * 0.54);
  cairo_line_to(cairo, x + side * 0.41, y + side * 0.77);
  cairo_line_to(cairo, x + side * 0.83, y + side * 0.23);
  cairo_stroke(cairo);
}

void draw_fill(cairo_t* cairo, const Fill& fill) {
  cairo_save(cairo);
  cairo_set_source_rgb(cairo, 0, 0, 0);
  cairo_translate(cairo, points(fill.rect.x), points(fill.rect.y));
  if (fill.kind == "checkbox") {
    if (fill.checked) draw_check(cairo, points(fill.rect.width), points(fill.rect.height));
  } else if (fill.kind == "text") {
    TextBox box;
    box.width = points(fill.rect.width);
    box.height = points(fill.rect.height);
    box.size = fill.font_size > 0 ? points(fill.font_size) : kFontSizeDefault;
    box.align = fill.align;
    box.multi_line = fill.multi_line;
    draw_text(cairo, fill.text, box, fill.control_id);
  } else {
    throw Error("document.fill_unknown", {{"control", fill.control_id}, {"kind", fill.kind}});
  }
  cairo_restore(cairo);
}

}  // namespace

const Page& checked_page(const std::vector<Page>& pages, int page, const PageRect& rect,
                         const std::string& control) {
  if (page < 1 || static_cast<std::size_t>(page) > pages.size())
    throw Error("document.page_out_of_range", {{"control", control},
                                               {"page", std::to_string(page)},
                                               {"pages", std::to_string(pages.size())}});
  const Page& found = pages[static_cast<std::size_t>(page) - 1];
  if (!lies_on_page(found.geometry, rect))
    throw Error("document.rect_outside_page",
                {{"control", control}, {"page", std::to_string(page)}});
  return found;
}

OverlayPages draw_fills(const std::vector<Page>& pages, const std::vector<Fill>& fills) {
  std::map<std::size_t, std::vector<const Fill*>> by_page;
  for (const Fill& fill : fills) {
    checked_page(pages, fill.page, fill.rect, fill.control_id);
    by_page[static_cast<std::size_t>(fill.page) - 1].push_back(&fill);
  }
  OverlayPages out;
  if (by_page.empty()) return out;
  std::unique_ptr<PdfSurface> surface;
  for (const auto& [page, list] : by_page) {
    const PageGeometry& geometry = pages[page].geometry;
    const double width = geometry.display_width(), height = geometry.display_height();
    if (surface == nullptr) {
      surface = std::make_unique<PdfSurface>(width, height);
    } else {
      surface->next_page(width, height);
    }
    for (const Fill* fill : list) draw_fill(surface->cairo(), *fill);
    out.index[page] = out.index.size();
  }
  cairo_show_page(surface->cairo());
  out.pdf = surface->finish();
  return out;
}

Tile draw_watermark_tile(const std::string& text) {
  constexpr double kSize = 22, kWidthMax = 420, kSlant = -30 * std::numbers::pi / 180;
  constexpr double kGapAcross = 70, kGapDown = 90, kOpacity = 0.16;
  check_drawable(text, "watermark");
  const ShapedLine line = shape_line(text);
  const double size = std::min(kSize, kWidthMax / std::max(line.width, 1.0));
  const double width = line.width * size, height = 1.4 * size;
  Tile tile;
  tile.width = width * std::cos(kSlant) + height * std::sin(-kSlant) + kGapAcross;
  tile.height = width * std::sin(-kSlant) + height * std::cos(kSlant) + kGapDown;
  PdfSurface surface(tile.width, tile.height);
  cairo_t* cairo = surface.cairo();
  cairo_translate(cairo, tile.width / 2, tile.height / 2);
  cairo_rotate(cairo, kSlant);
  cairo_translate(cairo, -width / 2, size * 0.38);
  trace_line(cairo, line, size);
  cairo_set_source_rgba(cairo, 0.35, 0.35, 0.35, kOpacity);
  cairo_fill(cairo);
  cairo_show_page(cairo);
  tile.pdf = surface.finish();
  return tile;
}

}  // namespace cinnabar::pdf
