#include "name_seal_type.hpp"

#include "name_seal.hpp"

#include <cinnabar/drawing/preview.hpp>

namespace cinnabar {

SealImage NameSealType::draw(const SealDesign& design, const Call&) {
  const auto color = drawing::ink(design.color);
  if (!color) throw Error("seal.color_unknown", {{"color", design.color}});
  // The font is opened for this drawing only: seals are drawn once and kept by whoever asks.
  const drawing::Font font(config_.font_file, config_.font_family);
  const NameSeal seal = name_seal(font, design);
  SealImage image;
  image.drawing = drawing::drawing_of(seal.path, *color, seal.width_mm, seal.height_mm);
  image.png = Bytes(drawing::preview_png(seal.path, *color, seal.width_mm, seal.height_mm));
  image.width_um = std::llround(seal.width_mm * 1000);
  image.height_um = std::llround(seal.height_mm * 1000);
  return image;
}

}  // namespace cinnabar
