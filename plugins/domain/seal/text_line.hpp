// A line of text drawn as vectors, as dates inside of signatures are. One thread a font.
#pragma once

#include <cinnabar/drawing/glyphs.hpp>

namespace cinnabar {

inline constexpr std::int64_t kTextSizeMin = 4'000;   // 1/1000 point: what can be read at all
inline constexpr std::int64_t kTextSizeMax = 96'000;  // 1/1000 point
inline constexpr std::size_t kTextCharactersMax = 100;

// Black, in a box as wide as the text and 1.2 times as high as the size. Throws "seal.text_unfit".
Drawing text_line(const drawing::Font& font, const std::string& text, std::int64_t font_size);

}  // namespace cinnabar
