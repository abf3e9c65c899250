// cinnabar.seal-name: the seal type "name", for people.
#include "name_seal.hpp"

#include <cinnabar/drawing/preview.hpp>
#include <cinnabar/plugin.hpp>

namespace cinnabar {
namespace {

struct NameSealConfig {
  std::string font_file = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc";
  std::string font_family = "Noto Serif CJK SC";
};
CINNABAR_DESCRIBE(NameSealConfig, font_file, font_family)

class NameSealType final : public SealType {
 public:
  explicit NameSealType(Host& host) : config_(host.config<NameSealConfig>()) {}

  SealImage draw(const SealDesign& design, const Call&) override {
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

 private:
  NameSealConfig config_;
};

}  // namespace

CINNABAR_PLUGIN(NameSealType)

}  // namespace cinnabar
