// The members of a ZIP file, by its central directory. Strict: what the directory says must agree
// with what stands at each member, members must not overlap, and their names must be harmless.
//
// Source: APPNOTE.TXT 6.3.10 (ISO/IEC 21320-1 is the part of it that office documents use).
// Borrows the file. Pure functions; any thread.
#pragma once

#include <cinnabar/bytes.hpp>

#include <cstdint>
#include <vector>

namespace cinnabar::xlsx {

struct Member {
  std::string name;
  int method = 0;            // 0: stored, 8: deflated
  std::uint32_t crc = 0;     // of the content
  std::uint64_t size = 0;    // of the content
  std::string_view data;     // as it is stored
};

// A workbook with a hundred sheets and pictures stays far below.
inline constexpr std::size_t kMembersMax = 2'000;

// All members, in the directory's order. Throws "spreadsheet.not_xlsx", "spreadsheet.protected",
// "spreadsheet.damaged", "spreadsheet.unsafe", "spreadsheet.too_large".
std::vector<Member> read_directory(std::string_view file);

}  // namespace cinnabar::xlsx
