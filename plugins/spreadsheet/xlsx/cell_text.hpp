// The small texts of a worksheet: cell references, numbers, escaped characters. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cinnabar::xlsx {

// What a worksheet can have (ISO/IEC 29500 leaves it open, all programs agree).
inline constexpr std::int64_t kRowNumberMax = 1'048'576;
inline constexpr std::int64_t kColumnNumberMax = 16'384;

struct CellPlace {
  std::int64_t row = 0;     // from 1
  std::int64_t column = 0;  // from 1
};

// "B7". Throws "spreadsheet.damaged" for anything else, and beyond the limits.
CellPlace place_of(std::string_view reference);
std::string reference_of(const CellPlace& place);

// Digits only, at most `most`; throws "spreadsheet.damaged".
std::int64_t counted(std::string_view text, std::int64_t most);

// A stored number as people write it: all digits, no exponent, where it is whole and has at most 15
// of them ("1.38E10" is 13800000000); else the shortest text that means the same. Throws
// "spreadsheet.damaged" for what is no number.
std::string number_text(std::string_view stored);

// Undoes ST_Xstring: "_x000D_" stands for a carriage return, "_x005F_" for "_" (ISO/IEC 29500-1,
// 22.9.2.19). What it cannot mean in a text is left out.
std::string unescaped(std::string text);

}  // namespace cinnabar::xlsx
