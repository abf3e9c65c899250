#include "fonts.hpp"

#include <cairo-ft.h>
#include <hb-ot.h>

#include <cinnabar/error.hpp>

#include <string>

namespace cinnabar::pdf {

namespace {

constexpr const char* kFamilies[] = {"Noto Serif CJK SC", "Noto Sans CJK SC", "DejaVu Serif",
                                     "DejaVu Sans"};

const FcChar8* as_fc(const char* text) { return reinterpret_cast<const FcChar8*>(text); }

bool is_outline(FcPattern* pattern) {
  FcBool scalable = FcFalse, color = FcFalse;
  FcPatternGetBool(pattern, FC_SCALABLE, 0, &scalable);
  FcPatternGetBool(pattern, FC_COLOR, 0, &color);
  // Coloured glyphs would be embedded as pictures, without a font.
  return scalable == FcTrue && color != FcTrue;
}

std::vector<Face> list_faces() {
  FcPattern* wanted = FcPatternCreate();
  for (const char* family : kFamilies) FcPatternAddString(wanted, FC_FAMILY, as_fc(family));
  FcPatternAddString(wanted, FC_LANG, as_fc("zh-cn"));
  FcConfigSubstitute(nullptr, wanted, FcMatchPattern);
  FcDefaultSubstitute(wanted);
  FcResult result = FcResultMatch;
  // Trimmed: a face that adds no character to those before it is left out.
  FcFontSet* sorted = FcFontSort(nullptr, wanted, FcTrue, nullptr, &result);
  std::vector<Face> faces;
  for (int i = 0; sorted != nullptr && i < sorted->nfont; ++i)
    if (is_outline(sorted->fonts[i]))
      faces.emplace_back(FcFontRenderPrepare(nullptr, wanted, sorted->fonts[i]));
  if (sorted != nullptr) FcFontSetDestroy(sorted);
  FcPatternDestroy(wanted);
  return faces;
}

}  // namespace

Face::Face(FcPattern* pattern) : pattern_(pattern) {
  FcPatternGetCharSet(pattern_, FC_CHARSET, 0, &characters_);
}

bool Face::has(std::uint32_t character) const {
  return characters_ != nullptr && FcCharSetHasChar(characters_, character) == FcTrue;
}

cairo_font_face_t* Face::cairo() const {
  if (cairo_ == nullptr) cairo_ = cairo_ft_font_face_create_for_pattern(pattern_);
  return cairo_;
}

hb_font_t* Face::shaper() const {
  if (shaper_ != nullptr) return shaper_;
  FcChar8* file = nullptr;
  int index = 0;
  FcPatternGetString(pattern_, FC_FILE, 0, &file);
  FcPatternGetInteger(pattern_, FC_INDEX, 0, &index);
  hb_blob_t* blob = hb_blob_create_from_file_or_fail(reinterpret_cast<const char*>(file));
  if (blob == nullptr)
    throw failure("the font " + std::string(reinterpret_cast<const char*>(file)) +
                  " cannot be opened");
  hb_face_t* face = hb_face_create(blob, static_cast<unsigned>(index & 0xFFFF));
  shaper_ = hb_font_create(face);
  hb_font_set_scale(shaper_, kUnits, kUnits);
  hb_face_destroy(face);
  hb_blob_destroy(blob);
  return shaper_;
}

const std::vector<Face>& installed_faces() {
  // Kept to the end of the process, which need not take them apart.
  static const auto* const kFaces = new std::vector<Face>(list_faces());
  return *kFaces;
}

const Face* face_for(std::uint32_t character) {
  for (const Face& face : installed_faces())
    if (face.has(character)) return &face;
  return nullptr;
}

}  // namespace cinnabar::pdf
