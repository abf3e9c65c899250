// Writes a ZIP file: deflated members without times, so that the same content has the same bytes.
// Value; one thread. Source: APPNOTE.TXT 6.3.10.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cinnabar::xlsx {

class ZipWriter {
 public:
  // Names are ASCII, contents and the file stay below 4 GB.
  void add(std::string_view name, std::string_view content);
  std::string finish();

 private:
  std::string file_, directory_;
  std::uint16_t count_ = 0;
};

}  // namespace cinnabar::xlsx
