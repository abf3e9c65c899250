#include "freeze.hpp"

#include "render.hpp"
#include "test_documents.hpp"
#include "test_pixels.hpp"

#include <cinnabar/error.hpp>
#include <cinnabar/pdf/file.hpp>
#include <cinnabar/testing/pdf_updates.hpp>
#include <gtest/gtest.h>

namespace cinnabar::pdf {
namespace {

using namespace test;

Fill text_fill(const std::string& text, PageRect rect = {50'000, 60'000, 300'000, 20'000}) {
  Fill fill;
  fill.control_id = "party";
  fill.kind = "text";
  fill.rect = rect;
  fill.text = text;
  return fill;
}

FreezeRequest request_for(const std::string& file) {
  FreezeRequest request;
  request.document = Bytes(file);
  return request;
}

Frozen freeze_with(const std::string& file, std::vector<Fill> fills) {
  FreezeRequest request = request_for(file);
  request.fills = std::move(fills);
  return freeze_document(request);
}

// Page text without spaces and line ends, since wrapping puts some in.
std::string squeezed_text(const Bytes& document, int page = 1) {
  TextRequest request;
  request.document = document;
  request.page = page;
  std::string out;
  const std::string text = read_text(request).pages.at(0);
  for (const char c : text)
    if (c != ' ' && c != '\n' && c != '\f') out += c;
  return out;
}

PixelBox rendered_box(std::string_view document, bool (*wanted)(int, int, int), int dpi = 200) {
  RenderRequest request;
  request.document = Bytes::borrowed(document);
  request.dpi = dpi;
  return box_of(render_page(request).png.view(), wanted);
}

Error error_of(const FreezeRequest& request) {
  try {
    freeze_document(request);
  } catch (const Error& e) {
    return e;
  }
  return Error("none");
}

TEST(Freeze, ValuesComeBackAsText) {
  for (const char* value :
       {"上海测试科技有限公司", "Acme Ltd. office flow 1,234,567.89", "㐀𠮷龘䶮",
        "（甲方）《合同》：；、。！？“”‘’—…", "①②③№㎡℃￥¥€", "Ångström Привет Ωμέγα", "⼀一"})
    EXPECT_EQ(squeezed_text(freeze_with(page_of(), {text_fill(value)}).document),
              [](std::string s) {
                std::erase(s, ' ');
                return s;
              }(value));
}

TEST(Freeze, LongTextIsWrappedAndComplete) {
  const std::string value =
      "第一条　乙方应当在收到发票之日起三十日内付款。Payment is due within thirty days of the "
      "invoice.";
  Fill fill = text_fill(value, {50'000, 60'000, 120'000, 100'000});
  fill.multi_line = true;
  std::string expected;
  for (const char c : value)
    if (c != ' ') expected += c;
  std::string found = squeezed_text(freeze_with(page_of(), {fill}).document);
  // The ideographic space at a line's end may go like any other.
  const std::string wide = "　";
  for (std::string* text : {&expected, &found})
    while (text->find(wide) != std::string::npos) text->erase(text->find(wide), wide.size());
  EXPECT_EQ(found, expected);
}

TEST(Freeze, CharactersWithoutAGlyphAreNamed) {
  FreezeRequest request = request_for(page_of());
  request.fills = {text_fill("王𠀀\xEE\x80\x80")};
  const Error error = error_of(request);
  EXPECT_EQ(error.code(), "document.glyph_missing");
  EXPECT_NE(std::string(error.what()).find("control=party"), std::string::npos);
  EXPECT_NE(std::string(error.what()).find("U+20000"), std::string::npos);
  EXPECT_NE(std::string(error.what()).find("U+E000"), std::string::npos);
}

TEST(Freeze, InvisibleCharactersThatDeceiveAreRefused) {
  for (const char* value : {"a\x01"
                            "b",
                            "a\xE2\x80\xAE"
                            "b",
                            "a\x7F"}) {
    FreezeRequest request = request_for(page_of());
    request.fills = {text_fill(value)};
    EXPECT_EQ(error_of(request).code(), "document.glyph_missing");
  }
  FreezeRequest request = request_for(page_of());
  request.fills = {text_fill("\xFF\xFE")};
  EXPECT_EQ(error_of(request).code(), "document.text_invalid");
}

TEST(Freeze, TextShrinksAndThenOverflows) {
  const PageRect narrow{50'000, 60'000, 100'000, 15'000};
  const std::string fits_small = "一二三四五六七八九十一二三四";
  const Frozen frozen = freeze_with(page_of(), {text_fill(fits_small, narrow)});
  const PixelBox box = rendered_box(frozen.document.view(), is_dark);
  EXPECT_LE(box.right, 150 * 200 / 72 + 1);
  EXPECT_EQ(squeezed_text(frozen.document), fits_small);
  FreezeRequest request = request_for(page_of());
  request.fills = {text_fill(fits_small + fits_small, narrow)};
  EXPECT_EQ(error_of(request).code(), "document.text_overflow");
}

TEST(Freeze, TextStaysInsideItsControl) {
  for (const char* align : {"left", "center", "right"}) {
    Fill fill = text_fill("国gjpqyÅ|", {72'000, 144'000, 144'000, 11'000});
    fill.align = align;
    const PixelBox box = rendered_box(freeze_with(page_of(), {fill}).document.view(), is_dark);
    EXPECT_GE(box.left, 200 - 1) << align;
    EXPECT_LE(box.right, 600 + 1) << align;
    EXPECT_GE(box.top, 400 - 1) << align;
    EXPECT_LE(box.bottom, 431 + 1) << align;
    EXPECT_TRUE(std::string(align) != "right" || box.right >= 590);
  }
}

TEST(Freeze, CheckMarksAreDrawnWhenChecked) {
  Fill fill = text_fill("", {72'000, 72'000, 14'400, 14'400});
  fill.kind = "checkbox";
  EXPECT_TRUE(rendered_box(freeze_with(page_of(), {fill}).document.view(), is_dark).empty());
  fill.checked = true;
  const PixelBox box = rendered_box(freeze_with(page_of(), {fill}).document.view(), is_dark);
  EXPECT_GE(box.left, 200);
  EXPECT_LE(box.right, 240);
  EXPECT_GE(box.right - box.left, 20);
}

TEST(Freeze, PlacesAreChecked) {
  FreezeRequest request = request_for(page_of());
  request.fills = {text_fill("x")};
  request.fills[0].page = 2;
  EXPECT_EQ(error_of(request).code(), "document.page_out_of_range");
  request.fills = {text_fill("x", {590'000, 0, 10'000, 10'000})};
  EXPECT_EQ(error_of(request).code(), "document.rect_outside_page");
  request.fills.clear();
  request.fields = {{"a", 1, {0, 0, 10, 10}, true}, {"a", 1, {0, 0, 10, 10}, true}};
  EXPECT_EQ(error_of(request).code(), "document.field_invalid");
  request.fields = {{"a.b", 1, {0, 0, 10, 10}, true}};
  EXPECT_EQ(error_of(request).code(), "document.field_invalid");
}

// Page shapes a rectangle must survive, each with a sheet of at least 300 by 300 displayed points.
const std::vector<std::string> kShapes{
    "/MediaBox[0 0 595 842]",
    "/MediaBox[0 0 595 842]/Rotate 90",
    "/MediaBox[0 0 595 842]/Rotate 180",
    "/MediaBox[0 0 595 842]/Rotate 270",
    "/MediaBox[-50 -70 700 900]/CropBox[31.5 42.25 580 800.5]",
    "/MediaBox[-50 -70 700 900]/CropBox[31.5 42.25 580 800.5]/Rotate 90",
    "/MediaBox[-50 -70 700 900]/CropBox[31.5 42.25 580 800.5]/Rotate 180",
    "/MediaBox[-50 -70 700 900]/CropBox[31.5 42.25 580 800.5]/Rotate -90",
    "/MediaBox[10 10 310 410]/UserUnit 1.5",
    "/MediaBox[10 10 310 410]/UserUnit 1.5/Rotate 90"};

void expect_box(const PixelBox& box, const PageRect& rect, const std::string& shape) {
  const auto pixel = [](std::int64_t milli) {
    return static_cast<double>(milli) / 1000 / 72 * 200;
  };
  EXPECT_NEAR(box.left, pixel(rect.x), 1) << shape;
  EXPECT_NEAR(box.top, pixel(rect.y), 1) << shape;
  EXPECT_NEAR(box.right + 1, pixel(rect.x + rect.width), 1) << shape;
  EXPECT_NEAR(box.bottom + 1, pixel(rect.y + rect.height), 1) << shape;
}

TEST(Freeze, FieldsStandWhereTheyWerePut) {
  const PageRect rect{36'500, 72'250, 123'456, 50'111};
  for (const std::string& shape : kShapes) {
    FreezeRequest request = request_for(page_of(shape));
    request.fields = {{"cert", 1, {0, 0, 1, 1}, false}, {"seal", 1, rect, true}};
    const Frozen frozen = freeze_document(request);
    const PreparedField& field = frozen.map.fields.at(1);
    // As the signing side does: a form that fills the rectangle, in displayed orientation.
    UpdateWriter update(frozen.document.text(), frozen.map);
    const std::int64_t form = update.new_number();
    char content[100];
    std::snprintf(content, sizeof content, "1 0 0 rg 0 0 %f %f re f", field.width, field.height);
    char box[80];
    std::snprintf(box, sizeof box, "/Type/XObject/Subtype/Form/BBox[0 0 %f %f]", field.width,
                  field.height);
    const char* turn = field.rotate == 90    ? "/Matrix[0 1 -1 0 0 0]"
                       : field.rotate == 180 ? "/Matrix[-1 0 0 -1 0 0]"
                       : field.rotate == 270 ? "/Matrix[0 -1 1 0 0 0]"
                                             : "";
    update.put(form, stream_of(content, std::string(box) + turn));
    update.put(field.object,
               "<< " + field.dictionary + " /AP << /N " + std::to_string(form) + " 0 R >> >>");
    const std::string file = update.finish();
    EXPECT_TRUE(qpdf_finds_no_fault(file)) << shape;
    expect_box(rendered_box(file, is_red), rect, shape);
  }
}

TEST(Freeze, OverlaysStandRightWhateverThePageContentDoes) {
  const PageRect rect{72'000, 72'000, 144'000, 72'000};
  Fill mark = text_fill("", rect);
  mark.kind = "checkbox";
  mark.checked = true;
  PixelBox expected;
  for (const std::string& shape : kShapes) {
    for (const char* content :
         {"n", "q q 0.5 0 0 0.5 100 100 cm", "Q Q 3 0 0 3 9 9 cm", "2 0 0 2 7 7 cm BT",
          "0.1 0 0 0.1 0 0 cm (never closed", "q 1 0 0 1 50 50 cm BI /W 1 /H 1 ID"}) {
      const Frozen frozen = freeze_with(page_of(shape, content), {mark});
      EXPECT_TRUE(qpdf_finds_no_fault(frozen.document.text()));
      const PixelBox box = rendered_box(frozen.document.view(), is_dark, 72);
      if (expected.empty()) expected = box;
      EXPECT_NEAR(box.left, expected.left, 1) << shape << content;
      EXPECT_NEAR(box.top, expected.top, 1) << shape << content;
      EXPECT_NEAR(box.right, expected.right, 1) << shape << content;
      EXPECT_NEAR(box.bottom, expected.bottom, 1) << shape << content;
    }
  }
}

TEST(Freeze, WritesOneCleanRevision) {
  const std::vector<std::string> inputs{
      page_of(), pages_of(4),
      rewritten(pages_of(4), [](QPDFWriter& w) { w.setLinearization(true); }),
      rewritten(pages_of(4), [](QPDFWriter& w) { w.setObjectStreamMode(qpdf_o_generate); })};
  for (const std::string& input : inputs) {
    FreezeRequest request = request_for(input);
    request.title = "租赁合同";
    request.watermark = "样本";
    request.fills = {text_fill("甲方")};
    request.fields = {{"签名1", 1, {0, 0, 50'000, 50'000}, true}};
    const Frozen frozen = freeze_document(request);
    const std::string file = frozen.document.text();
    const File strict(file);
    ASSERT_EQ(strict.revisions().size(), 1u);
    EXPECT_FALSE(strict.revisions()[0].sections[0].is_stream);
    EXPECT_EQ(strict.revisions()[0].sections[0].subsections, 1);
    EXPECT_EQ(static_cast<std::int64_t>(strict.numbers(0).size()), frozen.map.next_object - 1);
    EXPECT_EQ(file.substr(static_cast<std::size_t>(frozen.map.start_xref), 4), "xref");
    EXPECT_EQ(file.find("/ObjStm"), std::string::npos);
    EXPECT_EQ(file.substr(0, 8), "%PDF-1.7");
    EXPECT_TRUE(qpdf_finds_no_fault(file));
    const Object& info = strict.resolve(strict.revisions()[0].trailer.at("Info"), 0);
    EXPECT_TRUE(info.at("Title").is(Object::Kind::string));
  }
}

TEST(Freeze, KeepsPdf2) {
  const std::string file =
      file_of({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
               "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"},
              "", "2.0");
  EXPECT_EQ(freeze_document(request_for(file)).document.view().substr(0, 8), "%PDF-2.0");
}

TEST(Freeze, IsRepeatable) {
  FreezeRequest request = request_for(pages_of(2));
  request.fills = {text_fill("甲方")};
  request.fields = {{"a", 2, {0, 0, 50'000, 50'000}, true}};
  EXPECT_EQ(freeze_document(request).document.view(), freeze_document(request).document.view());
}

TEST(Freeze, TakesWhatActsOnItsOwn) {
  const std::string file = file_of(
      {"<</Type/Catalog/Pages 2 0 "
       "R/OpenAction<</S/JavaScript/JS(a)>>/AA<</WC<</S/JavaScript/JS(b)>>>>"
       "/Names<</JavaScript<</Names[(x) 5 0 R]>>/EmbeddedFiles<</Names[]>>>>>>",
       "<</Type/Pages/Kids[3 0 R]/Count 1>>",
       "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/AA<</O<</S/Launch/F(c)>>>>/Annots[4 0 R 6 "
       "0 R 7 0 R]"
       "/Resources<</Font<</AA<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
       "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F(d)>>>>", "<</S/JavaScript/JS(e)>>",
       "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(http://example.com)>>>>",
       "<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]>>"});
  const std::string frozen = freeze_document(request_for(file)).document.text();
  for (const char* gone : {"JavaScript", "Launch", "OpenAction", "EmbeddedFiles", "FileAttachment"})
    EXPECT_EQ(frozen.find(gone), std::string::npos) << gone;
  EXPECT_NE(frozen.find("example.com"), std::string::npos);
  EXPECT_NE(frozen.find("Helvetica"), std::string::npos) << "a font may be called AA";
}

TEST(Freeze, FormsOfTheUploadBecomeContent) {
  const std::string file =
      file_of({"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>",
               "<</Type/Pages/Kids[3 0 R]/Count 1>>",
               "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Annots[4 0 R]>>",
               "<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(x)/Rect[72 72 144 144]/AP<</N 5 0 R>>>>",
               stream_of("1 0 0 rg 0 0 72 72 re f", "/Type/XObject/Subtype/Form/BBox[0 0 72 72]")});
  const std::string frozen = freeze_document(request_for(file)).document.text();
  EXPECT_EQ(frozen.find("/Widget"), std::string::npos);
  EXPECT_EQ(frozen.find("/AcroForm"), std::string::npos);
  const PixelBox box = rendered_box(frozen, is_red, 72);
  EXPECT_EQ(box.left, 72);
  EXPECT_EQ(box.right, 143);
  EXPECT_EQ(box.top, 156);
}

TEST(Freeze, FieldMapTellsWhatSigningNeeds) {
  FreezeRequest request = request_for(page_of("/MediaBox[0 0 300 400]/UserUnit 2/Rotate 90"));
  request.fields = {{"cert", 1, {0, 0, 1, 1}, false}, {"seal", 1, {0, 0, 100'000, 50'000}, true}};
  const FieldMap map = freeze_document(request).map;
  ASSERT_EQ(map.fields.size(), 2u);
  EXPECT_EQ(map.xref_kind, "table");
  EXPECT_EQ(map.fields[0].width, 0);
  EXPECT_NE(map.fields[0].dictionary.find("/Rect [ 0 0 0 0 ]"), std::string::npos);
  EXPECT_EQ(map.fields[1].rotate, 90);
  EXPECT_EQ(map.fields[1].width, 100) << "true points, not units";
  EXPECT_EQ(map.fields[1].height, 50);
  for (const char* part : {"/FT /Sig", "/F 132", "/Subtype /Widget", "/T (seal)", "/P "})
    EXPECT_NE(map.fields[1].dictionary.find(part), std::string::npos) << part;
  EXPECT_EQ(map.fields[1].dictionary.find("/AP"), std::string::npos);
  EXPECT_NE(map.catalog_dictionary.find("/AcroForm"), std::string::npos);
  EXPECT_NE(map.trailer_dictionary.find("/Root"), std::string::npos);
  EXPECT_NE(map.trailer_dictionary.find("/ID"), std::string::npos);
  EXPECT_EQ(map.trailer_dictionary.find("/Size"), std::string::npos);
}

TEST(Freeze, ASecurityStoreIsPreparedWhenAskedFor) {
  FreezeRequest request = request_for(pages_of(1));
  request.fields = {{"one", 1, {10'000, 10'000, 50'000, 50'000}, true}};
  const Frozen plain = freeze_document(request);
  EXPECT_EQ(plain.map.security_store, 0);
  EXPECT_EQ(plain.document.view().find("/DSS"), std::string_view::npos);

  request.long_term = true;
  const Frozen frozen = freeze_document(request);
  const File file(frozen.document.view());
  ASSERT_GT(frozen.map.security_store, 0);
  const Object& store = file.load(frozen.map.security_store, 0)->value;
  EXPECT_TRUE(store.at("Type").is_name("DSS"));
  EXPECT_EQ(store.keys.size(), 1u) << "it is empty";
  const std::string number = std::to_string(frozen.map.security_store);
  EXPECT_NE(frozen.map.catalog_dictionary.find("/DSS " + number + " 0 R"), std::string::npos);
  EXPECT_NE(frozen.map.catalog_dictionary.find("/ESIC"), std::string::npos);
}

TEST(Freeze, WatermarksAreSeenButNotRead) {
  FreezeRequest request = request_for(page_of());
  request.watermark = "内部资料 禁止外传";
  const Frozen frozen = freeze_document(request);
  EXPECT_EQ(squeezed_text(frozen.document), "");
  EXPECT_FALSE(rendered_box(
                   frozen.document.view(), [](int r, int, int) { return r < 240; }, 72)
                   .empty());
}

TEST(Freeze, FrozenDocumentsCanBeFrozenAgain) {
  const Frozen once = freeze_with(page_of(), {text_fill("甲方甲方")});
  const Frozen twice =
      freeze_with(once.document.text(), {text_fill("乙方", {50'000, 90'000, 300'000, 20'000})});
  EXPECT_EQ(squeezed_text(twice.document), "甲方甲方乙方");
}

TEST(Freeze, HundredsOfPagesAreQuick) {
  FreezeRequest request = request_for(pages_of(300));
  for (int page = 1; page <= 300; ++page)
    for (int i = 0; i < 3; ++i)
      request.fields.push_back({"f" + std::to_string(page) + "_" + std::to_string(i),
                                page,
                                {i * 100'000, 0, 90'000, 90'000},
                                true});
  EXPECT_EQ(freeze_document(request).map.fields.size(), 900u);
}

}  // namespace
}  // namespace cinnabar::pdf
