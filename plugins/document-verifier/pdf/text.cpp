#include "text.hpp"

namespace cinnabar::pdf {

namespace {

using Kind = Object::Kind;

// Of a letter above its line, for a font size of 1: digits and capitals.
constexpr double kLetterHeight = 0.7;
// In points. Nobody reads what is smaller; programs leave such marks for each other.
constexpr double kReadableMin = 2;

bool shows_text(std::string_view word) {
  return word == "Tj" || word == "TJ" || word == "'" || word == "\"";
}

// Filled, stroked, or both; not invisible, not a clip alone.
bool is_drawn(int mode) { return mode != 3 && mode != 7; }

// Neither along the page nor up it, by a quarter of a right angle.
bool runs_across(const Matrix& whole) {
  const double x = std::fabs(whole.a), y = std::fabs(whole.b);
  return std::min(x, y) > 0.4 * std::max(x, y);
}

}  // namespace

void TextWalk::move(double x, double y) {
  line_ = then(Matrix{1, 0, 0, 1, x, y}, line_);
  text_ = line_;
}

bool TextWalk::take(const Operation& operation, TextState& state, const Matrix& page, Ink ink) {
  const std::string_view word = operation.word;
  if (word == "BT") {
    text_ = line_ = {};
  } else if (word == "Td") {
    move(operation.number(0), operation.number(1));
  } else if (word == "TD") {
    state.leading = -operation.number(1);
    move(operation.number(0), operation.number(1));
  } else if (word == "Tm") {
    line_ = {operation.number(0), operation.number(1), operation.number(2),
             operation.number(3), operation.number(4), operation.number(5)};
    text_ = line_;
  } else if (word == "T*") {
    move(0, -state.leading);
  } else if (word == "TL") {
    state.leading = operation.number(0);
  } else if (word == "Tc") {
    state.spacing = operation.number(0);
  } else if (word == "Tw") {
    state.word_spacing = operation.number(0);
  } else if (word == "Tz") {
    state.stretch = operation.number(0) / 100;
  } else if (word == "Ts") {
    state.rise = operation.number(0);
  } else if (word == "Tr") {
    state.mode = static_cast<int>(std::clamp(operation.number(0), 0.0, 7.0));
  } else if (shows_text(word)) {
    if (word == "\"") {
      state.word_spacing = operation.number(0);
      state.spacing = operation.number(1);
    }
    if (word == "'" || word == "\"") move(0, -state.leading);
    for (const Object& shown : operation.operands) show(shown, state, page, ink);
  } else {
    return false;
  }
  return true;
}

void TextWalk::show(const Object& shown, TextState& state, const Matrix& page, Ink ink) {
  if (state.font == nullptr) return;
  for (const Object& item : shown.items) {
    if (item.is_number()) {
      const double back = -item.real / 1000 * state.size;
      text_ = then(state.font->vertical() ? Matrix{1, 0, 0, 1, 0, back}
                                          : Matrix{1, 0, 0, 1, back * state.stretch, 0},
                   text_);
    } else if (item.is(Kind::string)) {
      show(item, state, page, ink);
    }
  }
  if (!shown.is(Kind::string)) return;
  for (std::size_t at = 0; at < shown.text.size();)
    show_code(state.font->next_code(shown.text, at), state, page, ink);
}

void TextWalk::show_code(int code, const TextState& state, const Matrix& page, Ink ink) {
  const double width = state.font->width(code);
  if (ink != Ink::white && is_drawn(state.mode)) add(code, width, state, page, ink);
  const double gap = state.spacing + (code == ' ' ? state.word_spacing : 0);
  text_ = then(state.font->vertical()
                   ? Matrix{1, 0, 0, 1, 0, -state.size + gap}
                   : Matrix{1, 0, 0, 1, (width * state.size + gap) * state.stretch, 0},
               text_);
}

// A row of dots or dashes is there to be written over, a single one may be part of a number.
void TextWalk::add(int code, double width, const TextState& state, const Matrix& page, Ink ink) {
  const Mark mark = state.font->mark(code);
  const bool repeated = code == last_code_ && state.font.get() == last_font_;
  if (mark == Mark::dot && repeated && last_added_ && !letters.empty()) letters.pop_back();
  last_font_ = state.font.get();
  last_code_ = code;
  last_added_ = mark == Mark::none || (mark == Mark::dot && !repeated);
  if (!last_added_ || letters.size() >= kLettersMax) return;
  const Matrix whole =
      then(then(Matrix{state.size * state.stretch, 0, 0, state.size, 0, state.rise}, text_), page);
  if (std::hypot(whole.c, whole.d) < kReadableMin) return;
  if (ink == Ink::pale && runs_across(whole)) return;
  const bool vertical = state.font->vertical();
  const Point centre = whole.apply({vertical ? 0 : width / 2, vertical ? -0.5 : kLetterHeight / 2});
  const auto part = [](double value, double by) { return static_cast<float>(value * by); };
  letters.push_back({static_cast<float>(centre.x), static_cast<float>(centre.y),
                     part(whole.a, width / 2), part(whole.b, width / 2),
                     part(whole.c, kLetterHeight / 2), part(whole.d, kLetterHeight / 2)});
}

}  // namespace cinnabar::pdf
