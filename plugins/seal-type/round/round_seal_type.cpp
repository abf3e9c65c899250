#include "round_seal_type.hpp"

#include "round_seal.hpp"

#include <cinnabar/drawing/preview.hpp>

namespace cinnabar {
namespace {

double diameter_of(const SealDesign& design) {
  const std::int64_t um = std::max(design.width_um, design.height_um);
  if (um == 0) return kRoundMmUsual;
  const double mm = static_cast<double>(um) / 1000;
  const bool oval = design.width_um != 0 && design.height_um != 0 &&
                    design.width_um != design.height_um;
  if (oval || mm < kRoundMmMin || mm > kRoundMmMax)
    throw Error("seal.size_unfit", {{"least", std::to_string(static_cast<int>(kRoundMmMin))},
                                    {"most", std::to_string(static_cast<int>(kRoundMmMax))},
                                    {"given", std::to_string(design.width_um / 1000) + " x " +
                                                  std::to_string(design.height_um / 1000)}});
  return mm;
}

}  // namespace

SealImage RoundSealType::draw(const SealDesign& design, const Call&) {
  const auto color = drawing::ink(design.color);
  if (!color) throw Error("seal.color_unknown", {{"color", design.color}});
  const double mm = diameter_of(design);
  // The font is opened for this drawing only: seals are drawn once and kept by whoever asks.
  const drawing::Font font(config_.font_file, config_.font_family);
  const drawing::Path path = round_seal(font, design, mm);
  SealImage image;
  image.drawing = drawing::drawing_of(path, *color, mm, mm);
  image.png = Bytes(drawing::preview_png(path, *color, mm, mm));
  image.width_um = image.height_um = std::llround(mm * 1000);
  return image;
}

}  // namespace cinnabar
