// The round company seal: ring, five-pointed star, name along the upper arc, title across, code
// along the lower arc. Sizes follow the usual practice for 公章 and its kin (a 42 mm seal has a
// 1.2 mm ring and a 14 mm star) and scale with the diameter. One thread a font.
#pragma once

#include <cinnabar/drawing/glyphs.hpp>
#include <cinnabar/services/seal_type.hpp>

namespace cinnabar {

// SEA-15: round seals are 38 to 58 mm wide; those of companies usually 42.
inline constexpr double kRoundMmMin = 38;
inline constexpr double kRoundMmMax = 58;
inline constexpr double kRoundMmUsual = 42;

// In a box of diameter x diameter millimetres. Throws "seal.text_unfit".
drawing::Path round_seal(const drawing::Font& font, const SealDesign& design, double diameter_mm);

}  // namespace cinnabar
