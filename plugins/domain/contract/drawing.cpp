#include "drawing.hpp"

#include <algorithm>
#include <cstdio>

namespace cinnabar::contract {
namespace {

// The content under a scale and a shift (ISO 32000-1 8.3.4: the operator cm).
std::string placed(const Drawing& drawing, double scale, double dx, double dy) {
  char matrix[128];
  std::snprintf(matrix, sizeof matrix, "q %.6f 0 0 %.6f %.4f %.4f cm\n", scale, scale, dx, dy);
  return matrix + drawing.content.text() + "\nQ\n";
}

}  // namespace

Drawing fitted(const Drawing& drawing, double width, double height) {
  if (drawing.width <= width && drawing.height <= height) return drawing;
  const double scale = std::min(width / drawing.width, height / drawing.height);
  return {Bytes(placed(drawing, scale, 0, 0)), drawing.width * scale, drawing.height * scale};
}

Drawing padded(const Drawing& drawing, double width, double height) {
  const Drawing inner = fitted(drawing, width, height);
  if (inner.width == width && inner.height == height) return inner;
  return {Bytes(placed(inner, 1, (width - inner.width) / 2, (height - inner.height) / 2)), width,
          height};
}

}  // namespace cinnabar::contract
