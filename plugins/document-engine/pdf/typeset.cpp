#include "typeset.hpp"

#include "limits.hpp"
#include "shape.hpp"

#include <cinnabar/error.hpp>
#include <glib.h>
#include <pango/pango.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

namespace cinnabar::pdf {

namespace {

// The em box of CJK fonts: 0.88 above the base line, 0.12 below.
constexpr double kAscent = 0.88;
// Distance of base lines in text of several lines, em.
constexpr double kPitch = 1.3;
constexpr double kShrinkStep = 0.25;  // points
// A thousandth of a point is what the geometry itself is rounded to.
constexpr double kTolerance = 0.001;

// A piece of text between two places where a line may end.
struct Word {
  std::string text;
  double width = 0;    // em, with the spaces at its end
  double visible = 0;  // em, without them
  bool ends_line = false;
};

std::string without_spaces_behind(std::string text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

Word make_word(std::string text) {
  Word word;
  if (!text.empty() && text.back() == '\n') {
    word.ends_line = true;
    text.pop_back();
  }
  word.width = shape_line(text).width;
  word.visible = shape_line(without_spaces_behind(text)).width;
  word.text = std::move(text);
  return word;
}

// Words by the Unicode line breaking rules (UAX 14); `anywhere`: every user-visible character.
std::vector<Word> words_of(const std::string& text, bool anywhere) {
  const long count = g_utf8_strlen(text.data(), static_cast<gssize>(text.size()));
  std::vector<PangoLogAttr> places(static_cast<std::size_t>(count) + 1);
  pango_get_log_attrs(text.data(), static_cast<int>(text.size()), -1,
                      pango_language_from_string("zh-cn"), places.data(),
                      static_cast<int>(places.size()));
  std::vector<Word> out;
  const char* begin = text.data();
  const char* at = begin;
  for (std::size_t i = 1; i < places.size(); ++i) {
    at = g_utf8_next_char(at);
    const bool may_end = anywhere ? places[i].is_cursor_position : places[i].is_line_break;
    if (!may_end && !places[i].is_mandatory_break && i + 1 < places.size()) continue;
    out.push_back(make_word(std::string(begin, at)));
    begin = at;
  }
  return out;
}

// Fills lines no wider than `width` em; a word that is wider than a line is broken anywhere.
std::vector<std::string> fill_lines(const std::vector<Word>& words, double width) {
  std::vector<std::string> lines(1);
  double used = 0;
  const auto place = [&](const Word& word) {
    if (used > 0 && used + word.visible > width) {
      lines.emplace_back();
      used = 0;
    }
    lines.back() += word.text;
    used += word.width;
  };
  for (const Word& word : words) {
    if (word.visible <= width) {
      place(word);
    } else {
      for (const Word& part : words_of(word.text, true)) place(part);
    }
    if (word.ends_line) {
      lines.emplace_back();
      used = 0;
    }
  }
  for (std::string& line : lines) line = without_spaces_behind(line);
  return lines;
}

struct Block {
  std::vector<ShapedLine> lines;
  double size = 0;  // points; 0: it did not fit
};

bool fits(const Block& block, const TextBox& box) {
  double above = kAscent, below = 1 - kAscent;
  for (const ShapedLine& line : block.lines)
    if (line.width * block.size > box.width + kTolerance) return false;
  above = std::max(above, block.lines.front().above);
  below = std::max(below, block.lines.back().below);
  const double height = above + below + static_cast<double>(block.lines.size() - 1) * kPitch;
  return height * block.size <= box.height + kTolerance;
}

// The block at the largest size, not above the wanted one, at which it fits.
Block fitted(const std::string& text, const TextBox& box) {
  const double smallest = std::min(box.size, kFontSizeMin);
  Block block;
  std::vector<Word> words;
  if (box.multi_line) {
    words = words_of(text, false);
  } else {
    block.lines.push_back(shape_line(text));
  }
  for (double size = box.size;; size = std::max(smallest, size - kShrinkStep)) {
    block.size = size;
    if (box.multi_line) {
      block.lines.clear();
      // The last bit of a division must not push a word that fits exactly to the next line.
      for (const std::string& line : fill_lines(words, box.width / size + 1e-9))
        block.lines.push_back(shape_line(line));
    }
    if (fits(block, box)) return block;
    if (size <= smallest) {
      block.size = 0;
      return block;
    }
  }
}

void show_block(cairo_t* cairo, const Block& block, const TextBox& box) {
  const double size = block.size;
  const double between = static_cast<double>(block.lines.size() - 1) * kPitch * size;
  double base = kAscent * size + (box.multi_line ? 0 : (box.height - size - between) / 2);
  // Marks that reach out of the em box are moved into the control rather than cut.
  base = std::max(base, block.lines.front().above * size);
  base = std::min(base, box.height - block.lines.back().below * size - between);
  for (const ShapedLine& line : block.lines) {
    const double spare = box.width - line.width * size;
    cairo_save(cairo);
    cairo_translate(cairo,
                    box.align == "right"    ? spare
                    : box.align == "center" ? spare / 2
                                            : 0,
                    base);
    show_line(cairo, line, size);
    cairo_restore(cairo);
    base += kPitch * size;
  }
}

// One kind of line end, and none at all in a control of one line.
std::string normalised(const std::string& text, bool multi_line) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      if (i + 1 < text.size() && text[i + 1] == '\n') continue;
      out += multi_line ? '\n' : ' ';
    } else if (text[i] == '\n') {
      out += multi_line ? '\n' : ' ';
    } else {
      out += text[i] == '\t' ? ' ' : text[i];
    }
  }
  while (!out.empty() && (out.back() == '\n' || out.back() == ' ')) out.pop_back();
  return out;
}

}  // namespace

void check_drawable(const std::string& text, const std::string& control) {
  if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr))
    throw Error("document.text_invalid", {{"control", control}});
  std::string without_ends = text;
  std::erase(without_ends, '\n');
  std::string missing;
  for (const std::string& one : undrawable(without_ends))
    missing += (missing.empty() ? "" : ", ") + one;
  if (!missing.empty())
    throw Error("document.glyph_missing", {{"control", control}, {"characters", missing}});
}

void draw_text(cairo_t* cairo, const std::string& text, const TextBox& box,
               const std::string& control) {
  const std::string content = normalised(text, box.multi_line);
  check_drawable(content, control);
  if (content.empty()) return;
  const Block block = fitted(content, box);
  if (block.size <= 0) {
    char smallest[16];
    std::snprintf(smallest, sizeof smallest, "%g", std::min(box.size, kFontSizeMin));
    throw Error("document.text_overflow", {{"control", control}, {"font_size_min", smallest}});
  }
  show_block(cairo, block, box);
}

void warm_fonts() {
  const std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface(
      cairo_image_surface_create(CAIRO_FORMAT_A8, 64, 64), cairo_surface_destroy);
  const std::unique_ptr<cairo_t, void (*)(cairo_t*)> cairo(cairo_create(surface.get()),
                                                           cairo_destroy);
  if (installed_faces().empty()) throw failure("no font is installed; install fonts-noto-cjk");
  // A sample for each group of characters that has a face of its own.
  for (const char* sample : {"合同", "Contract 2024", "Договор Ω", "✓☑", "㐀𠮷"})
    show_line(cairo.get(), shape_line(sample), kFontSizeDefault);
  words_of("合同 contract", false);
}

}  // namespace cinnabar::pdf
