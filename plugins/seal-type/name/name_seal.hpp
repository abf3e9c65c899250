// The personal name seal (人名章): a square of four characters for Chinese names of two to four,
// read from the top right downwards as on carved seals; a framed line for every other name. One
// thread a font.
#pragma once

#include <cinnabar/drawing/glyphs.hpp>
#include <cinnabar/services/seal_type.hpp>

namespace cinnabar {

inline constexpr double kNameMmMin = 10;
inline constexpr double kNameMmMax = 60;
inline constexpr double kSquareMmUsual = 18;
inline constexpr double kLineMmUsual = 10;  // height of a framed line

struct NameSeal {
  drawing::Path path;
  double width_mm = 0;
  double height_mm = 0;
};

// Sizes of 0 are the type's own. Throws "seal.text_unfit", "seal.size_unfit".
NameSeal name_seal(const drawing::Font& font, const SealDesign& design);

}  // namespace cinnabar
