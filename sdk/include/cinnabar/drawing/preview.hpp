// A picture of a path for people to look at: PNG on white. Header-only over cairo (link PkgConfig
// cairo). Documents never carry it; they carry the path itself. Stateless; any thread.
#pragma once

#include <cinnabar/drawing/path.hpp>
#include <cinnabar/error.hpp>

#include <cairo.h>

namespace cinnabar::drawing {

// Larger pictures are of no use on a screen and cost four bytes a pixel while they are made.
inline constexpr int kPreviewPixelsMax = 4'000;

namespace detail {

inline void trace(cairo_t* cairo, const Path& path) {
  for (const Step& step : path.steps()) {
    switch (step.kind) {
      case Step::Kind::move: cairo_move_to(cairo, step.to.x, step.to.y); break;
      case Step::Kind::line: cairo_line_to(cairo, step.to.x, step.to.y); break;
      case Step::Kind::curve:
        cairo_curve_to(cairo, step.control1.x, step.control1.y, step.control2.x, step.control2.y,
                       step.to.x, step.to.y);
        break;
      case Step::Kind::close: cairo_close_path(cairo); break;
    }
  }
}

inline cairo_status_t append_png(void* to, const unsigned char* data, unsigned size) {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), size);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace detail

inline std::string preview_png(const Path& path, Color color, double width_mm, double height_mm,
                               double dpi = 300) {
  const double scale = dpi / 25.4;
  const int width = static_cast<int>(std::ceil(width_mm * scale - 1e-6));
  const int height = static_cast<int>(std::ceil(height_mm * scale - 1e-6));
  if (width < 1 || height < 1 || width > kPreviewPixelsMax || height > kPreviewPixelsMax)
    throw failure("a preview of " + std::to_string(width) + " x " + std::to_string(height));
  cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
  cairo_t* cairo = cairo_create(surface);
  cairo_set_source_rgb(cairo, 1, 1, 1);
  cairo_paint(cairo);
  cairo_translate(cairo, 0, height);
  cairo_scale(cairo, scale, -scale);
  detail::trace(cairo, path);
  cairo_set_source_rgb(cairo, color.red, color.green, color.blue);
  cairo_fill(cairo);
  std::string png;
  const cairo_status_t status =
      cairo_surface_write_to_png_stream(surface, detail::append_png, &png);
  cairo_destroy(cairo);
  cairo_surface_destroy(surface);
  if (status != CAIRO_STATUS_SUCCESS) throw failure(cairo_status_to_string(status));
  return png;
}

}  // namespace cinnabar::drawing
