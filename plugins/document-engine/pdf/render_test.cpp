#include "render.hpp"

#include "test_documents.hpp"

#include <cinnabar/error.hpp>
#include <gtest/gtest.h>

namespace cinnabar::pdf {
namespace {

using namespace test;

Rendered render(const std::string& file, int dpi = 72, int page = 1) {
  RenderRequest request;
  request.document = Bytes(file);
  request.dpi = dpi;
  request.page = page;
  return render_page(request);
}

std::string refusal(const std::string& file, int dpi, int page) {
  try {
    render(file, dpi, page);
    return {};
  } catch (const Error& e) {
    return e.code();
  }
}

TEST(Render, SizeIsThatOfTheDisplayedPage) {
  const Rendered cropped = render(page_of("/MediaBox[0 0 600 800]/CropBox[100 100 300 500]"));
  EXPECT_EQ(cropped.width, 200);
  EXPECT_EQ(cropped.height, 400);
  const Rendered turned = render(page_of("/MediaBox[0 0 200 400]/Rotate 90"), 144);
  EXPECT_EQ(turned.width, 800);
  EXPECT_EQ(turned.height, 400);
  EXPECT_EQ(turned.png.view().substr(1, 3), "PNG");
}

TEST(Render, UserUnitMakesPagesLarger) {
  EXPECT_EQ(render(page_of("/MediaBox[0 0 200 400]/UserUnit 3")).width, 600);
  const std::string packed =
      rewritten(page_of("/MediaBox[0 0 200 400]/UserUnit 3"),
                [](QPDFWriter& w) { w.setObjectStreamMode(qpdf_o_generate); });
  EXPECT_EQ(render(packed).width, 600);
}

TEST(Render, RefusesWhatItCannotShow) {
  EXPECT_EQ(refusal(page_of(), 72, 2), "document.page_out_of_range");
  EXPECT_EQ(refusal(page_of(), 72, 0), "document.page_out_of_range");
  EXPECT_EQ(refusal("no pdf", 72, 1), "document.damaged");
  EXPECT_EQ(refusal(page_of("/MediaBox[0 0 14400 14400]"), 400, 1), "document.too_complex");
}

TEST(Render, ReadsTextByPage) {
  const std::string font =
      "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>";
  const std::string file =
      file_of({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>",
               "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 5 0 R" + font + ">>",
               "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 6 0 R" + font + ">>",
               stream_of("BT /F 12 Tf 20 20 Td (first) Tj ET"),
               stream_of("BT /F 12 Tf 20 20 Td (second) Tj ET")});
  TextRequest request;
  request.document = Bytes(file);
  const PageTexts all = read_text(request);
  ASSERT_EQ(all.pages.size(), 2u);
  EXPECT_EQ(all.pages[0], "first");
  request.page = 2;
  EXPECT_EQ(read_text(request).pages.at(0), "second");
}

}  // namespace
}  // namespace cinnabar::pdf
