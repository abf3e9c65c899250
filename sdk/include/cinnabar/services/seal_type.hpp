// cinnabar.seal-type/1: what a seal of a kind looks like. Vector drawings in true millimetres; the
// same request always gives the same bytes. Stable since 1.0. Thread-safety: any thread.
#pragma once

#include <cinnabar/services/signature_engine.hpp>

namespace cinnabar {

struct SealDesign {
  std::string text;         // the enterprise's or the person's verified name
  std::string title;        // horizontal text: "合同专用章"; empty: none
  std::string code;         // along the lower arc; empty: none
  std::string color = "red";  // red, blue, black
  std::int64_t width_um = 0;   // micrometres; 0: the type's own size
  std::int64_t height_um = 0;
};
CINNABAR_DESCRIBE(SealDesign, (text, required, length(1, 100), format("line")),
                  (title, length(0, 20), format("line")), (code, length(0, 20), format("line")),
                  color, (width_um, range(0, 100'000)), (height_um, range(0, 100'000)))

// Errors: seal.text_unfit (too long, a character without a glyph), seal.size_unfit.
struct SealImage {
  Drawing drawing;      // for the document
  Bytes png;            // preview on white, 300 dpi
  std::int64_t width_um = 0;
  std::int64_t height_um = 0;
};
CINNABAR_DESCRIBE(SealImage, drawing, png, width_um, height_um)

class SealType {
 public:
  using Interface = SealType;
  virtual ~SealType() = default;
  virtual SealImage draw(const SealDesign&, const Call&) = 0;
};
CINNABAR_SERVICE(SealType, "cinnabar.seal-type/1", draw)

}  // namespace cinnabar
