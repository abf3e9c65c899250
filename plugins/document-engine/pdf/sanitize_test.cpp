#include "sanitize.hpp"

#include "freeze.hpp"
#include "render.hpp"
#include "test_documents.hpp"
#include "test_pixels.hpp"

#include <gtest/gtest.h>
#include <poppler.h>

namespace cinnabar::pdf {
namespace {

using namespace test;

std::string frozen(const std::string& file) {
  FreezeRequest request;
  request.document = Bytes(file);
  return freeze_document(request).document.text();
}

bool has(const std::string& file, const std::string& part) {
  return file.find(part) != std::string::npos;
}

// One page with the annotations and the page entries; further objects have numbers from 4.
std::string with_page(const std::string& page, const std::vector<std::string>& further = {},
                      const std::string& catalog = {}) {
  std::vector<std::string> objects{"<</Type/Catalog/Pages 2 0 R" + catalog + ">>",
                                   "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                                   "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]" + page + ">>"};
  objects.insert(objects.end(), further.begin(), further.end());
  return file_of(objects);
}

// A red square annotation of the given flags.
std::string square(int left, int flags, const std::string& entries = {}) {
  const std::string rect = std::to_string(left) + " 100 " + std::to_string(left + 40) + " 140";
  return "<</Type/Annot/Subtype/Square/Rect[" + rect + "]/F " + std::to_string(flags) +
         "/Contents(flags" + std::to_string(flags) + ")/AP<</N 4 0 R>>" + entries + ">>";
}

const std::string kRed =
    stream_of("1 0 0 rg 0 0 40 40 re f", "/Type/XObject/Subtype/Form/BBox[0 0 40 40]");

PixelBox shown(const std::string& file) {
  RenderRequest request;
  request.document = Bytes::borrowed(file);
  request.dpi = 72;
  return box_of(render_page(request).png.view(), is_red);
}

// What a printer would put on the paper.
PixelBox printed(const std::string& file) {
  GBytes* bytes = g_bytes_new_static(file.data(), file.size());
  PopplerDocument* document = poppler_document_new_from_bytes(bytes, nullptr, nullptr);
  PopplerPage* page = poppler_document_get_page(document, 0);
  cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 300, 300);
  cairo_t* cairo = cairo_create(surface);
  cairo_set_source_rgb(cairo, 1, 1, 1);
  cairo_paint(cairo);
  poppler_page_render_for_printing(page, cairo);
  cairo_destroy(cairo);
  std::string png;
  cairo_surface_write_to_png_stream(
      surface,
      [](void* self, const unsigned char* data, unsigned size) {
        static_cast<std::string*>(self)->append(reinterpret_cast<const char*>(data), size);
        return CAIRO_STATUS_SUCCESS;
      },
      &png);
  cairo_surface_destroy(surface);
  g_object_unref(page);
  g_object_unref(document);
  g_bytes_unref(bytes);
  return box_of(png, is_red);
}

TEST(Sanitize, TriggersGoWhateverStandsBesideThem) {
  const std::string trigger = "/AA<</O<</S/JavaScript/JS(code)>>/X 5>>";
  const std::string no_action = "/AA<</X 5/Y(code)>>";
  for (const std::string& triggers : {trigger, no_action}) {
    const std::string annotation = "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]" + triggers + ">>";
    for (const std::string& file :
         {with_page(triggers), with_page("", {}, triggers),
          with_page("/Annots[" + annotation + "]"), with_page("/Annots[4 0 R]", {annotation}),
          with_page("/PieceInfo<</Field<</T(a)" + triggers + ">>>>")}) {
      ASSERT_TRUE(has(file, "code"));
      EXPECT_FALSE(has(frozen(file), "code")) << file;
    }
  }
  EXPECT_FALSE(has(frozen(with_page("/PieceInfo<</Other<<" + trigger + ">>>>")), "code"));
}

TEST(Sanitize, AFontMayBeCalledLikeATrigger) {
  const std::string file = frozen(with_page(
      "/Resources<</Font<</T 4 0 R/FT 4 0 R/AA<</Type/Font/Subtype/Type1/BaseFont/Courier>>>>>>",
      {"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"}));
  EXPECT_TRUE(has(file, "Courier"));
}

TEST(Sanitize, OnlyActionsWithinTheDocumentStay) {
  const auto with_action = [](const std::string& action) {
    return frozen(
        with_page("/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A " + action + ">>]"));
  };
  for (const char* kind :
       {"JavaScript", "Launch", "SubmitForm", "ResetForm", "ImportData", "Rendition", "Movie",
        "Sound", "GoToR", "GoToE", "Thread", "SetOCGState", "Hide", "Trans", "Unheard"}) {
    const std::string action = "<</S/" + std::string(kind) + "/F(marker)>>";
    EXPECT_FALSE(has(with_action(action), "marker")) << kind;
    EXPECT_FALSE(has(with_action("<</S/GoTo/D[3 0 R/Fit]/Next " + action + ">>"), "marker"))
        << kind;
    EXPECT_FALSE(has(with_action("<</S/GoTo/D[3 0 R/Fit]/Next[" + action + "]>>"), "marker"))
        << kind;
    EXPECT_FALSE(has(frozen(with_page("", {}, "/OpenAction " + action)), "marker")) << kind;
  }
  for (const char* kind : {"GoTo", "URI", "Named"})
    EXPECT_TRUE(has(with_action("<</S/" + std::string(kind) + "/X(marker)>>"), "marker")) << kind;
}

TEST(Sanitize, AListThatHoldsItselfIsNoAction) {
  EXPECT_NO_THROW(frozen(with_page("/PieceInfo<</A 4 0 R>>", {"[4 0 R]"})));
}

TEST(Sanitize, AnnotationsThatTheScreenDoesNotShowGo) {
  constexpr int kPrinted = 4;
  for (const int hidden : {1, 2, 32}) {
    const std::string file =
        with_page("/Annots[" + square(10, hidden | kPrinted) + square(100, kPrinted) + "]", {kRed});
    const std::string result = frozen(file);
    EXPECT_FALSE(has(result, "(flags" + std::to_string(hidden | kPrinted) + ")"));
    EXPECT_TRUE(has(result, "(flags4)"));
    EXPECT_EQ(shown(result).left, 100) << hidden;
    EXPECT_EQ(printed(result).left, 100) << hidden;
  }
}

TEST(Sanitize, WhatTheScreenShowsIsPrinted) {
  constexpr int kToggleNoView = 256;
  for (const int flags : {0, kToggleNoView, 4}) {
    const std::string file = with_page("/Annots[" + square(100, flags) + "]", {kRed});
    EXPECT_EQ(printed(file).empty(), flags != 4) << "the input differs";
    const std::string result = frozen(file);
    EXPECT_TRUE(has(result, "/F 4")) << flags;
    EXPECT_EQ(shown(result).left, 100) << flags;
    EXPECT_EQ(printed(result).left, 100) << flags;
    EXPECT_EQ(printed(result).right, shown(result).right) << flags;
  }
}

TEST(Sanitize, APopupGoesWithItsAnnotation) {
  const std::string popup = "<</Type/Annot/Subtype/Popup/Rect[0 0 9 9]/Parent 5 0 R/Name(window)>>";
  const auto with_note = [&](int flags) {
    return frozen(with_page("/Annots[5 0 R 6 0 R]", {kRed, square(9, flags), popup}));
  };
  EXPECT_FALSE(has(with_note(2), "window"));
  EXPECT_TRUE(has(with_note(4), "window"));
}

TEST(Sanitize, AnnotationsHaveOneAppearanceAtOnePlace) {
  const std::string file = frozen(with_page(
      "/Annots[<</Type/Annot/Subtype/Watermark/Rect[0 0 9 9]/AP<</N 4 0 R/R 5 0 R/D 6 0 R>>"
      "/FixedPrint<</Type/FixedPrint/H 0.5>>>>]",
      {kRed, stream_of("n", "/Subtype/Form/BBox[0 0 7 1]"),
       stream_of("n", "/Subtype/Form/BBox[0 0 7 1]")}));
  EXPECT_FALSE(has(file, "/FixedPrint"));
  EXPECT_FALSE(has(file, "0 0 7 1")) << "under the mouse or pressed";
  EXPECT_TRUE(has(file, "0 0 40 40"));
}

TEST(Sanitize, LayersDoNotDependOnUse) {
  const std::string file = frozen(with_page(
      "/Resources<</Properties<</L 4 0 R>>>>",
      {"<</Type/OCG/Name(layer)/Usage<</Print<</PrintState/OFF>>/View<</ViewState/ON>>>>>>"},
      "/OCProperties<</OCGs[4 0 R]/Configs[<</Name(other)/OFF[4 0 R]>>]/D<</Name(usual)"
      "/ON[4 0 R]/AS[<</Event/Print/Category[/Print]/OCGs[4 0 R]>>]>>>>"));
  for (const char* gone : {"/AS", "/Configs", "other", "/Usage", "/PrintState"})
    EXPECT_FALSE(has(file, gone)) << gone;
  for (const char* kept : {"layer", "usual", "/OCProperties", "/ON"})
    EXPECT_TRUE(has(file, kept)) << kept;
}

TEST(Sanitize, ImagesHaveNoOtherOneForPrint) {
  const std::string image = "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8";
  const std::string file = frozen(with_page(
      "/Resources<</XObject<</I 4 0 R/P 6 0 R/F 7 0 R>>>>",
      {stream_of("A", image + "/ColorSpace/DeviceGray/Alternates[<</Image 5 0 R/DefaultForPrinting "
                              "true>>]/OPI<</2.0<</Type/OPI>>>>"),
       stream_of("B", image + "/ColorSpace/DeviceGray/Marker(other)"),
       stream_of("(paper) show", "/Type/XObject/Subtype/PS"),
       stream_of("n", "/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Subtype2/PS/PS 6 0 R")}));
  for (const char* gone : {"/Alternates", "DefaultForPrinting", "/OPI", "other", "/PS"})
    EXPECT_FALSE(has(file, gone)) << gone;
  EXPECT_TRUE(has(file, "/Width 1"));
  EXPECT_TRUE(qpdf_finds_no_fault(file));
}

}  // namespace
}  // namespace cinnabar::pdf
