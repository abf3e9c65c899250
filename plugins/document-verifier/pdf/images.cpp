#include "images.hpp"

namespace cinnabar::pdf {

namespace {

constexpr Box kWhole{0, 0, 1, 1};

}  // namespace

std::optional<Box> opaque_part(const Object& image) {
  for (const char* key : {"SMask", "Mask"})
    if (image.has(key)) return std::nullopt;
  if (image.at("ImageMask").integer == 1 || image.at("SMaskInData").integer > 0)
    return std::nullopt;
  return kWhole;
}

std::optional<Box> opaque_part(const Operation& inline_image) {
  const std::vector<Object>& items = inline_image.operands;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2)
    if ((items[i].is_name("IM") || items[i].is_name("ImageMask")) && items[i + 1].integer == 1)
      return std::nullopt;
  return kWhole;
}

}  // namespace cinnabar::pdf
