#include "geometry.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace cinnabar::pdf {

namespace {

constexpr Micro kOne = 1'000'000;
constexpr Micro kPerMilli = 1'000;  // millionths of a unit in 1/1000 point, at UserUnit 1
// Coordinates beyond this are nonsense and would overflow later arithmetic.
constexpr Micro kCoordinateMax = 1'000'000 * kOne;

double points(Micro value) { return static_cast<double>(value) / static_cast<double>(kOne); }

}  // namespace

Micro parse_micro(const std::string& decimal) {
  bool negative = false, behind_point = false;
  Micro value = 0, scale = kOne;
  for (const char c : decimal) {
    if (c == '-') negative = true;
    if (c == '.') behind_point = true;
    if (c < '0' || c > '9') continue;
    if (!behind_point) {
      value = std::min(value * 10 + (c - '0') * kOne, kCoordinateMax);
    } else if (scale > 1) {
      scale /= 10;
      value += (c - '0') * scale;
    } else if (scale == 1) {  // the seventh digit rounds
      value += c >= '5';
      scale = 0;
    }
  }
  return negative ? -value : value;
}

std::string format_micro(Micro value) {
  std::string out = value < 0 ? "-" : "";
  const Micro size = value < 0 ? -value : value;
  out += std::to_string(size / kOne);
  std::string rest = std::to_string(size % kOne);
  rest.insert(0, 6 - rest.size(), '0');
  rest.erase(rest.find_last_not_of('0') + 1);
  return rest.empty() ? out : out + "." + rest;
}

Box intersection(const Box& a, const Box& b) {
  return {std::max(a.left, b.left), std::max(a.bottom, b.bottom), std::min(a.right, b.right),
          std::min(a.top, b.top)};
}

double PageGeometry::display_width() const {
  return points(sideways() ? crop.height() : crop.width()) * user_unit;
}

double PageGeometry::display_height() const {
  return points(sideways() ? crop.width() : crop.height()) * user_unit;
}

PageSize displayed_size(const PageGeometry& page) {
  return {std::llround(page.display_width() * 1000), std::llround(page.display_height() * 1000),
          page.rotate};
}

bool lies_on_page(const PageGeometry& page, const PageRect& rect) {
  const PageSize size = displayed_size(page);
  return rect.x >= 0 && rect.y >= 0 && rect.width > 0 && rect.height > 0 &&
         rect.x + rect.width <= size.width + 1 && rect.y + rect.height <= size.height + 1;
}

Box to_user_space(const PageGeometry& page, const PageRect& rect) {
  const auto length = [&](std::int64_t milli) -> Micro {
    if (page.user_unit == 1) return milli * kPerMilli;
    return std::llround(static_cast<double>(milli * kPerMilli) / page.user_unit);
  };
  const Micro left = length(rect.x), right = length(rect.x + rect.width);
  const Micro top = length(rect.y), bottom = length(rect.y + rect.height);
  const Box& crop = page.crop;
  switch (page.rotate) {
    case 90: return {crop.left + top, crop.bottom + left, crop.left + bottom, crop.bottom + right};
    case 180:
      return {crop.right - right, crop.bottom + top, crop.right - left, crop.bottom + bottom};
    case 270: return {crop.right - bottom, crop.top - right, crop.right - top, crop.top - left};
    default: return {crop.left + left, crop.top - bottom, crop.left + right, crop.top - top};
  }
}

std::array<double, 6> display_matrix(const PageGeometry& page) {
  const double scale = 1 / page.user_unit;
  const double left = points(page.crop.left), right = points(page.crop.right);
  const double bottom = points(page.crop.bottom), top = points(page.crop.top);
  switch (page.rotate) {
    case 90: return {0, scale, -scale, 0, right, bottom};
    case 180: return {-scale, 0, 0, -scale, right, top};
    case 270: return {0, -scale, scale, 0, left, top};
    default: return {scale, 0, 0, scale, left, bottom};
  }
}

std::string format_matrix(const std::array<double, 6>& matrix) {
  std::string out;
  for (const double value : matrix) {
    if (!out.empty()) out += ' ';
    out += format_micro(std::llround(value * static_cast<double>(kOne)));
  }
  return out;
}

}  // namespace cinnabar::pdf
