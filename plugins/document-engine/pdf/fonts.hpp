// The installed fonts in the order in which they are asked for a character.
//
// Owner: the document engine. Not thread-safe; one thread a process. Pango's own font choice is not
// used: it starts a thread for every new combination of font, size and language, and the worker may
// start none. The list is made once, by warm_fonts(), before the worker closes its sandbox.
#pragma once

#include <cairo.h>
#include <fontconfig/fontconfig.h>
#include <hb.h>

#include <cstdint>
#include <vector>

namespace cinnabar::pdf {

// One face, opened when it is first used.
class Face {
 public:
  explicit Face(FcPattern* pattern);

  bool has(std::uint32_t character) const;
  cairo_font_face_t* cairo() const;  // for drawing
  hb_font_t* shaper() const;         // scaled to kUnits a em
  static constexpr int kUnits = 1 << 16;

 private:
  FcPattern* pattern_;  // lives as long as the process, like all that is opened from it
  FcCharSet* characters_ = nullptr;
  mutable cairo_font_face_t* cairo_ = nullptr;
  mutable hb_font_t* shaper_ = nullptr;
};

// Preferred first: Noto Serif CJK SC, Noto Sans CJK SC, DejaVu, then whatever else is installed.
const std::vector<Face>& installed_faces();

// The first face that has the character; null when none has.
const Face* face_for(std::uint32_t character);

}  // namespace cinnabar::pdf
