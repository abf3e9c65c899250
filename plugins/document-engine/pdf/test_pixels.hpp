// Looks at rendered pages. For tests only; any thread.
#pragma once

#include <cairo.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string_view>

namespace cinnabar::pdf::test {

struct PixelBox {
  int left = 1 << 20;
  int top = 1 << 20;
  int right = -1;
  int bottom = -1;  // all inclusive
  bool empty() const { return right < left; }
};

// The box around the pixels for which the question (red, green, blue) is answered yes.
inline PixelBox box_of(std::string_view png, const std::function<bool(int, int, int)>& wanted) {
  const std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> image(
      cairo_image_surface_create_from_png_stream(
          [](void* self, unsigned char* out, unsigned size) {
            auto& rest = *static_cast<std::string_view*>(self);
            if (rest.size() < size) return CAIRO_STATUS_READ_ERROR;
            std::memcpy(out, rest.data(), size);
            rest.remove_prefix(size);
            return CAIRO_STATUS_SUCCESS;
          },
          &png),
      cairo_surface_destroy);
  PixelBox out;
  const unsigned char* data = cairo_image_surface_get_data(image.get());
  const int stride = cairo_image_surface_get_stride(image.get());
  for (int y = 0; y < cairo_image_surface_get_height(image.get()); ++y) {
    for (int x = 0; x < cairo_image_surface_get_width(image.get()); ++x) {
      std::uint32_t pixel = 0;
      std::memcpy(&pixel, data + y * stride + 4 * x, 4);
      if (!wanted(pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255)) continue;
      out.left = std::min(out.left, x);
      out.right = std::max(out.right, x);
      out.top = std::min(out.top, y);
      out.bottom = std::max(out.bottom, y);
    }
  }
  return out;
}

inline bool is_red(int red, int green, int blue) { return red > 180 && green < 90 && blue < 90; }
inline bool is_dark(int red, int green, int blue) { return red + green + blue < 200; }

}  // namespace cinnabar::pdf::test
