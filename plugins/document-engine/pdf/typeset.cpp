#include "typeset.hpp"

#include "limits.hpp"

#include <cinnabar/error.hpp>
#include <pango/pangocairo.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace cinnabar::pdf {

namespace {

constexpr const char* kFamilies = "Noto Serif CJK SC,Noto Sans CJK SC,DejaVu Serif,DejaVu Sans";
// The em box of CJK fonts: 0.88 above the base line, 0.12 below.
constexpr double kAscent = 0.88;
// Distance of base lines in text of several lines.
constexpr double kPitch = 1.3;
constexpr double kShrinkStep = 0.25;  // points

double points(int pango_units) { return static_cast<double>(pango_units) / PANGO_SCALE; }

PangoContext* context() {
  static thread_local const std::unique_ptr<PangoContext, Unref> shared = [] {
    std::unique_ptr<PangoContext, Unref> made(
        pango_font_map_create_context(pango_cairo_font_map_get_default()));
    pango_cairo_context_set_resolution(made.get(), 72);
    pango_context_set_language(made.get(), pango_language_from_string("zh-cn"));
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(made.get(), options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(made.get(), FALSE);
    return made;
  }();
  return shared.get();
}

// Not visible, and able to make a value read differently from what is stored.
bool is_deceptive(gunichar c) {
  return (c < 0x20 && c != '\n') || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

std::string describe(gunichar c) {
  char code[16];
  std::snprintf(code, sizeof code, "U+%04X", c);
  char text[8] = {};
  if (!is_deceptive(c)) g_unichar_to_utf8(c, text);
  return text[0] != '\0' ? std::string(text) + " (" + code + ")" : code;
}

void add_unknown_glyphs(PangoLayoutRun* run, const char* text, std::vector<gunichar>& out) {
  for (int i = 0; i < run->glyphs->num_glyphs; ++i) {
    const PangoGlyph glyph = run->glyphs->glyphs[i].glyph;
    if (glyph & PANGO_GLYPH_UNKNOWN_FLAG) {
      out.push_back(glyph & ~PANGO_GLYPH_UNKNOWN_FLAG);
    } else if (glyph == 0) {
      out.push_back(g_utf8_get_char(text + run->item->offset + run->glyphs->log_clusters[i]));
    }
  }
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

struct Extent {
  double width = 0;
  double above = 0;  // ink over the base line
  double below = 0;  // ink under it
};

Extent measure(PangoLayoutLine* line) {
  PangoRectangle ink, logical;
  pango_layout_line_get_extents(line, &ink, &logical);
  return {points(std::max(logical.width, ink.x + ink.width)), points(-ink.y),
          points(ink.y + ink.height)};
}

bool fits(PangoLayout* layout, const TextBox& box, double size) {
  const int lines = pango_layout_get_line_count(layout);
  double width = 0, above = 0, below = 0;
  for (int i = 0; i < lines; ++i) {
    const Extent extent = measure(pango_layout_get_line_readonly(layout, i));
    width = std::max(width, extent.width);
    above = std::max(above, extent.above);
    below = std::max(below, extent.below);
  }
  const double first = std::max(above, kAscent * size),
               last = std::max(below, (1 - kAscent) * size);
  // A thousandth of a point is what the geometry itself is rounded to.
  return width <= box.width + 0.001 &&
         first + last + (lines - 1) * kPitch * size <= box.height + 0.001;
}

// The largest size not above the wanted one at which the text fits; 0 when there is none.
double fitting_size(PangoLayout* layout, const TextBox& box) {
  const double smallest = std::min(box.size, kFontSizeMin);
  for (double size = box.size;; size = std::max(smallest, size - kShrinkStep)) {
    set_size(layout, size);
    if (fits(layout, box, size)) return size;
    if (size <= smallest) return 0;
  }
}

void show_lines(cairo_t* cairo, PangoLayout* layout, const TextBox& box, double size) {
  const int lines = pango_layout_get_line_count(layout);
  const Extent first = measure(pango_layout_get_line_readonly(layout, 0));
  const Extent last = measure(pango_layout_get_line_readonly(layout, lines - 1));
  const double block = (1 + (lines - 1) * kPitch) * size;
  double base = kAscent * size + (box.multi_line ? 0 : (box.height - block) / 2);
  // Marks that reach out of the em box are moved into the control rather than cut.
  base = std::max(base, first.above);
  base = std::min(base, box.height - last.below - (lines - 1) * kPitch * size);
  for (int i = 0; i < lines; ++i) {
    PangoLayoutLine* line = pango_layout_get_line_readonly(layout, i);
    const double spare = box.width - measure(line).width;
    const double x = box.align == "right" ? spare : box.align == "center" ? spare / 2 : 0;
    cairo_move_to(cairo, x, base + i * kPitch * size);
    pango_cairo_show_layout_line(cairo, line);
  }
}

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
  return out;
}

}  // namespace

void Unref::operator()(void* object) const { g_object_unref(object); }

void set_size(PangoLayout* layout, double size) {
  PangoFontDescription* font = pango_font_description_from_string(kFamilies);
  pango_font_description_set_absolute_size(font, std::round(size * PANGO_SCALE));
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
}

LayoutPtr new_layout(const std::string& text, double size) {
  LayoutPtr layout(pango_layout_new(context()));
  set_size(layout.get(), size);
  // Ligatures would tie several characters to one glyph, which copies badly.
  PangoAttrList* attributes = pango_attr_list_new();
  pango_attr_list_insert(attributes, pango_attr_font_features_new("liga=0, clig=0, dlig=0"));
  pango_layout_set_attributes(layout.get(), attributes);
  pango_attr_list_unref(attributes);
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  return layout;
}

std::vector<std::string> undrawable(PangoLayout* layout) {
  const char* text = pango_layout_get_text(layout);
  std::vector<gunichar> found;
  for (const char* at = text; *at != '\0'; at = g_utf8_next_char(at))
    if (is_deceptive(g_utf8_get_char(at))) found.push_back(g_utf8_get_char(at));
  PangoLayoutIter* runs = pango_layout_get_iter(layout);
  do {
    PangoLayoutRun* run = pango_layout_iter_get_run_readonly(runs);
    if (run != nullptr) add_unknown_glyphs(run, text, found);
  } while (pango_layout_iter_next_run(runs));
  pango_layout_iter_free(runs);
  std::vector<std::string> out;
  for (const gunichar c : found) {
    const std::string name = describe(c);
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  }
  return out;
}

void draw_text(cairo_t* cairo, const std::string& text, const TextBox& box,
               const std::string& control) {
  if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr))
    throw Error("document.text_invalid", {{"control", control}});
  const std::string content = normalised(text, box.multi_line);
  if (content.find_first_not_of(" \n") == std::string::npos) return;
  LayoutPtr layout = new_layout(content, box.size);
  const std::vector<std::string> missing = undrawable(layout.get());
  if (!missing.empty())
    throw Error("document.glyph_missing", {{"control", control}, {"characters", joined(missing)}});
  if (box.multi_line) {
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(layout.get(), static_cast<int>(box.width * PANGO_SCALE));
  }
  const double size = fitting_size(layout.get(), box);
  if (size <= 0) {
    char smallest[16];
    std::snprintf(smallest, sizeof smallest, "%g", std::min(box.size, kFontSizeMin));
    throw Error("document.text_overflow", {{"control", control}, {"font_size_min", smallest}});
  }
  show_lines(cairo, layout.get(), box, size);
}

void warm_fonts() {
  const std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface(
      cairo_image_surface_create(CAIRO_FORMAT_A8, 64, 64), cairo_surface_destroy);
  const std::unique_ptr<cairo_t, void (*)(cairo_t*)> cairo(cairo_create(surface.get()),
                                                           cairo_destroy);
  // One sample for each script that its fonts are chosen for.
  for (const char* sample : {"合同", "Contract 2024", "Договор Ω", "✓☑", "㐀𠮷"}) {
    const LayoutPtr layout = new_layout(sample, kFontSizeDefault);
    pango_cairo_show_layout(cairo.get(), layout.get());
  }
}

}  // namespace cinnabar::pdf
