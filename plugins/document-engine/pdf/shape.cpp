#include "shape.hpp"

#include <glib.h>
#include <pango/pango.h>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace cinnabar::pdf {

namespace {

struct Character {
  gunichar code;
  std::size_t at;  // byte
  int level;
};

std::vector<Character> characters_of(std::string_view text) {
  PangoDirection direction = PANGO_DIRECTION_LTR;
  const std::unique_ptr<guint8, void (*)(void*)> levels(
      pango_log2vis_get_embedding_levels(text.data(), static_cast<int>(text.size()), &direction),
      g_free);
  std::vector<Character> out;
  for (std::size_t at = 0; at < text.size();) {
    const char* here = text.data() + at;
    out.push_back({g_utf8_get_char(here), at, levels.get()[out.size()]});
    at += static_cast<std::size_t>(g_utf8_next_char(here) - here);
  }
  return out;
}

// Marks and invisible format characters belong to the character before them.
bool is_attached(gunichar code) {
  const GUnicodeType type = g_unichar_type(code);
  return type == G_UNICODE_NON_SPACING_MARK || type == G_UNICODE_ENCLOSING_MARK ||
         type == G_UNICODE_SPACING_MARK || type == G_UNICODE_FORMAT;
}

// Not visible, and able to make a value read differently from what is stored.
bool is_deceptive(gunichar c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

hb_script_t script_of(gunichar code) {
  return hb_unicode_script(hb_unicode_funcs_get_default(), code);
}

bool is_shared(hb_script_t script) {
  return script == HB_SCRIPT_COMMON || script == HB_SCRIPT_INHERITED;
}

struct Piece {
  const Face* face;
  hb_script_t script;
  int level;
  std::size_t begin;
  std::size_t end;
};

// Pieces of one face, script and direction, in the order of the text.
std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> out;
  for (const Character& c : characters_of(text)) {
    const hb_script_t script = script_of(c.code);
    const Face* face = nullptr;
    if (!out.empty() && is_attached(c.code)) face = out.back().face;
    if (face == nullptr) face = face_for(c.code);
    if (face == nullptr) face = &installed_faces().front();
    const bool joins =
        !out.empty() && out.back().face == face && out.back().level == c.level &&
        (is_shared(script) || is_shared(out.back().script) || out.back().script == script);
    if (!joins) out.push_back({face, script, c.level, c.at, c.at});
    if (is_shared(out.back().script)) out.back().script = script;
    out.back().end = c.at + static_cast<std::size_t>(g_unichar_to_utf8(c.code, nullptr));
  }
  return out;
}

double em(hb_position_t units) { return static_cast<double>(units) / Face::kUnits; }

// Which bytes of the text each group of glyphs stands for, in the order of the text.
void read_clusters(const hb_glyph_info_t* infos, unsigned count, std::size_t begin, std::size_t end,
                   GlyphRun& run) {
  std::vector<std::pair<std::size_t, int>> groups;  // first byte, glyphs; in visual order
  for (unsigned i = 0; i < count; ++i) {
    if (groups.empty() || groups.back().first != infos[i].cluster)
      groups.emplace_back(infos[i].cluster, 0);
    ++groups.back().second;
  }
  if (run.backward) std::reverse(groups.begin(), groups.end());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::size_t from = i == 0 ? begin : groups[i].first;
    const std::size_t to = i + 1 < groups.size() ? groups[i + 1].first : end;
    run.clusters.push_back({static_cast<int>(to - from), groups[i].second});
  }
}

GlyphRun shape_piece(std::string_view text, const Piece& piece, ShapedLine& line) {
  GlyphRun run;
  run.face = piece.face;
  run.text = text.substr(piece.begin, piece.end - piece.begin);
  run.level = piece.level;
  run.backward = piece.level % 2 != 0;
  const std::unique_ptr<hb_buffer_t, void (*)(hb_buffer_t*)> buffer(hb_buffer_create(),
                                                                    hb_buffer_destroy);
  hb_buffer_add_utf8(buffer.get(), text.data(), static_cast<int>(text.size()),
                     static_cast<unsigned>(piece.begin), static_cast<int>(run.text.size()));
  hb_buffer_set_direction(buffer.get(), run.backward ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
  hb_buffer_set_script(buffer.get(), piece.script);
  hb_buffer_set_language(buffer.get(), hb_language_from_string("zh-hans", -1));
  // Ligatures would tie several characters to one glyph, which copies badly.
  constexpr unsigned kAll = HB_FEATURE_GLOBAL_END;
  const hb_feature_t features[] = {{HB_TAG('l', 'i', 'g', 'a'), 0, 0, kAll},
                                   {HB_TAG('c', 'l', 'i', 'g'), 0, 0, kAll}};
  hb_shape(piece.face->shaper(), buffer.get(), features, 2);
  unsigned count = 0;
  const hb_glyph_info_t* infos = hb_buffer_get_glyph_infos(buffer.get(), &count);
  const hb_glyph_position_t* positions = hb_buffer_get_glyph_positions(buffer.get(), &count);
  for (unsigned i = 0; i < count; ++i) {
    const double up = em(positions[i].y_offset);
    run.glyphs.push_back({infos[i].codepoint, run.width + em(positions[i].x_offset), -up});
    run.width += em(positions[i].x_advance);
    hb_glyph_extents_t ink{};
    hb_font_get_glyph_extents(piece.face->shaper(), infos[i].codepoint, &ink);
    line.above = std::max(line.above, em(ink.y_bearing) + up);
    line.below = std::max(line.below, -(em(ink.y_bearing + ink.height) + up));
  }
  read_clusters(infos, count, piece.begin, piece.end, run);
  return run;
}

// Rule L2 of the Bidirectional Algorithm, over whole runs.
void order_visually(std::vector<GlyphRun>& runs) {
  int highest = 0;
  for (const GlyphRun& run : runs) highest = std::max(highest, run.level);
  for (int level = highest; level > 0; --level) {
    for (auto at = runs.begin(); at != runs.end();) {
      const auto begin =
          std::find_if(at, runs.end(), [&](const auto& r) { return r.level >= level; });
      at = std::find_if(begin, runs.end(), [&](const auto& r) { return r.level < level; });
      std::reverse(begin, at);
    }
  }
}

std::string describe(gunichar c) {
  char code[16];
  std::snprintf(code, sizeof code, "U+%04X", c);
  if (is_deceptive(c)) return code;
  char text[8] = {};
  g_unichar_to_utf8(c, text);
  return std::string(text) + " (" + code + ")";
}

void set_font(cairo_t* cairo, const Face& face, double size) {
  static cairo_font_options_t* const options = [] {
    cairo_font_options_t* made = cairo_font_options_create();
    cairo_font_options_set_hint_style(made, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(made, CAIRO_HINT_METRICS_OFF);
    return made;
  }();
  cairo_set_font_face(cairo, face.cairo());
  cairo_set_font_size(cairo, size);
  cairo_set_font_options(cairo, options);
}

template <class Show>
void each_run(cairo_t* cairo, const ShapedLine& line, double size, const Show& show) {
  double x = 0;
  for (const GlyphRun& run : line.runs) {
    std::vector<cairo_glyph_t> placed = run.glyphs;
    for (cairo_glyph_t& glyph : placed) {
      glyph.x = (glyph.x + x) * size;
      glyph.y *= size;
    }
    set_font(cairo, *run.face, size);
    show(run, placed);
    x += run.width;
  }
}

}  // namespace

ShapedLine shape_line(std::string_view text) {
  ShapedLine line;
  for (const Piece& piece : pieces_of(text)) {
    line.runs.push_back(shape_piece(text, piece, line));
    line.width += line.runs.back().width;
  }
  order_visually(line.runs);
  return line;
}

std::vector<std::string> undrawable(std::string_view text) {
  std::vector<std::string> out;
  const auto note = [&](gunichar c) {
    const std::string name = describe(c);
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  };
  for (const char* at = text.data(); at < text.data() + text.size(); at = g_utf8_next_char(at)) {
    const gunichar c = g_utf8_get_char(at);
    const bool invisible = g_unichar_type(c) == G_UNICODE_FORMAT || g_unichar_iszerowidth(c);
    if (is_deceptive(c) || (!invisible && face_for(c) == nullptr)) note(c);
  }
  return out;
}

void show_line(cairo_t* cairo, const ShapedLine& line, double size) {
  each_run(cairo, line, size, [&](const GlyphRun& run, const std::vector<cairo_glyph_t>& glyphs) {
    cairo_show_text_glyphs(
        cairo, run.text.data(), static_cast<int>(run.text.size()), glyphs.data(),
        static_cast<int>(glyphs.size()), run.clusters.data(), static_cast<int>(run.clusters.size()),
        run.backward ? CAIRO_TEXT_CLUSTER_FLAG_BACKWARD : cairo_text_cluster_flags_t{});
  });
}

void trace_line(cairo_t* cairo, const ShapedLine& line, double size) {
  each_run(cairo, line, size, [&](const GlyphRun&, const std::vector<cairo_glyph_t>& glyphs) {
    cairo_glyph_path(cairo, glyphs.data(), static_cast<int>(glyphs.size()));
  });
}

}  // namespace cinnabar::pdf
