// Where the letters of a content stream stand.
//
// One walk, one thread. Source: ISO 32000-2, 9.3 and 9.4.
#pragma once

#include "content.hpp"
#include "fonts.hpp"
#include "geometry.hpp"

#include <memory>

namespace cinnabar::pdf {

// A letter on a page: its centre, and from there half its width and half its height. Kept by the
// hundred thousand, so in single precision.
struct Letter {
  float x = 0, y = 0;
  float right_x = 0, right_y = 0;
  float up_x = 0, up_y = 0;

  Point at(double right, double up) const {
    return {x + right * right_x + up * up_x, y + right * right_y + up * up_y};
  }
};

// What of the graphics state says how text is set; it is saved and restored with the rest.
struct TextState {
  std::shared_ptr<const Font> font;
  double size = 0, spacing = 0, word_spacing = 0, stretch = 1, leading = 0, rise = 0;
  int mode = 0;
};

// White text is seen on no paper: platforms mark places of signatures with it. Pale text across the
// page is a watermark.
enum class Ink { full, pale, white };

class TextWalk {
 public:
  // True when the operator is one of text, other than Tf.
  bool take(const Operation& operation, TextState& state, const Matrix& page, Ink ink);

  std::vector<Letter> letters;

 private:
  void move(double x, double y);
  void show(const Object& shown, TextState& state, const Matrix& page, Ink ink);
  void show_code(int code, const TextState& state, const Matrix& page, Ink ink);
  void add(int code, double width, const TextState& state, const Matrix& page, Ink ink);

  Matrix text_, line_;
  const Font* last_font_ = nullptr;
  int last_code_ = -1;
  bool last_added_ = false;
};

}  // namespace cinnabar::pdf
