#include "load.hpp"

#include "test_documents.hpp"

#include <cinnabar/error.hpp>
#include <gtest/gtest.h>
#include <zlib.h>

namespace cinnabar::pdf {
namespace {

using namespace test;

const std::string kCatalog = "<</Type/Catalog/Pages 2 0 R>>";
const std::string kPages = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
const std::string kPage = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>";

// The code that refuses a file; empty when it is taken.
std::string refusal(const std::string& file, int pages_max = 1000) {
  try {
    load(file, pages_max);
    return {};
  } catch (const Error& e) {
    return e.code();
  }
}

std::string deflated(const std::string& data) {
  std::string out(compressBound(data.size()), '\0');
  uLongf size = out.size();
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(data.data()),
           data.size());
  out.resize(size);
  return out;
}

std::string repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Load, TakesWhatCommonWritersMake) {
  const std::string plain = pages_of(3);
  EXPECT_EQ(refusal(plain), "");
  EXPECT_EQ(refusal(rewritten(plain, [](QPDFWriter& w) { w.setLinearization(true); })), "");
  EXPECT_EQ(
      refusal(rewritten(plain, [](QPDFWriter& w) { w.setObjectStreamMode(qpdf_o_generate); })), "");
}

TEST(Load, RefusesWhatIsNoPdf) {
  EXPECT_EQ(refusal(""), "document.empty");
  EXPECT_EQ(refusal("hello"), "document.not_pdf");
  EXPECT_EQ(refusal(std::string("PK\x03\x04") + std::string(5000, 'x')), "document.not_pdf");
  EXPECT_EQ(refusal("%PDF-1.7\nnothing more\n"), "document.damaged");
}

TEST(Load, RefusesDocumentsWithoutPages) {
  EXPECT_EQ(refusal(file_of({kCatalog, "<</Type/Pages/Kids[]/Count 0>>"})), "document.empty");
  EXPECT_EQ(refusal(file_of({"<</Type/Catalog>>"})), "document.damaged");
}

TEST(Load, RefusesCutOffFiles) {
  const std::string whole = pages_of(5);
  for (const std::size_t size : {whole.size() / 3, whole.size() / 2, whole.size() - 20})
    EXPECT_EQ(refusal(whole.substr(0, size)), "document.damaged") << size;
}

TEST(Load, RefusesFilesWhoseObjectsMustBeSearched) {
  std::string file = pages_of(2);
  file.replace(file.rfind("startxref\n") + 10, 3, "999");
  EXPECT_EQ(refusal(file), "document.damaged");
}

TEST(Load, RefusesDamagedStreams) {
  std::string data = deflated(repeated("0 0 m 10 10 l S\n", 5000));
  for (std::size_t i = 60; i < 90; ++i) data[i] = 'x';
  EXPECT_EQ(refusal(file_of({kCatalog, kPages,
                             "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
                             stream_of(data, "/Filter/FlateDecode")})),
            "document.damaged");
}

TEST(Load, RefusesEncryptionWhateverThePassword) {
  for (const char* user : {"", "secret"}) {
    const std::string file = rewritten(pages_of(1), [&](QPDFWriter& w) {
      w.setR6EncryptionParameters(user, "owner", true, true, true, true, true, true, qpdf_r3p_full,
                                  true);
    });
    EXPECT_EQ(refusal(file), "document.encrypted") << user;
  }
}

TEST(Load, RefusesSignedDocuments) {
  const std::string signature = "<</Type/Sig/Filter/X/Contents<00>/ByteRange[0 1 2 3]>>";
  const std::string field = "<</FT/Sig/T(a)/V 5 0 R/Type/Annot/Subtype/Widget/Rect[0 0 0 0]>>";
  const std::string with_form = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>";
  EXPECT_EQ(refusal(file_of({with_form, kPages, kPage, field, signature})), "document.signed");
  // No form knows it any more.
  EXPECT_EQ(refusal(file_of({kCatalog, kPages, kPage, signature})), "document.signed");
  const std::string rights = "<</Type/Catalog/Pages 2 0 R/Perms<</UR3 4 0 R>>>>";
  EXPECT_EQ(refusal(file_of({rights, kPages, kPage, signature})), "document.signed");
}

TEST(Load, SeesSignaturesThatALaterRevisionDropped) {
  std::string file =
      file_of({"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>", kPages, kPage,
               "<</FT/Sig/T(a)/V 5 0 R>>", "<</Type/Sig/Contents<00>/ByteRange[0 1 2 3]>>"});
  const std::size_t previous = file.rfind("xref\n0 ");
  const std::size_t object = file.size();
  file += "1 0 obj\n" + kCatalog + "\nendobj\n";
  const std::size_t start = file.size();
  char line[32];
  std::snprintf(line, sizeof line, "%010zu 00000 n \n", object);
  file += std::string("xref\n1 1\n") + line + "trailer\n<</Size 6/Root 1 0 R/Prev " +
          std::to_string(previous) + ">>\nstartxref\n" + std::to_string(start) + "\n%%EOF\n";
  EXPECT_EQ(refusal(file), "document.signed");
}

TEST(Load, TakesEmptySignatureFields) {
  EXPECT_EQ(refusal(file_of({"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>", kPages,
                             kPage, "<</FT/Sig/T(a)>>"})),
            "");
}

TEST(Load, RefusesXfaForms) {
  EXPECT_EQ(refusal(file_of(
                {"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/XFA(x)>>>>", kPages, kPage})),
            "document.xfa");
}

TEST(Load, RefusesTooManyPages) {
  EXPECT_EQ(refusal(pages_of(11), 10), "document.too_many_pages");
  EXPECT_EQ(refusal(pages_of(10), 10), "");
}

TEST(Load, RefusesPageTreesThatHoldThemselves) {
  EXPECT_EQ(refusal(file_of({kCatalog, "<</Type/Pages/Kids[2 0 R]/Count 1>>"})),
            "document.too_complex");
  EXPECT_EQ(refusal(file_of({kCatalog, "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                             "<</Type/Pages/Kids[2 0 R]/Count 1>>"})),
            "document.too_complex");
}

TEST(Load, RefusesDeepPageTrees) {
  std::vector<std::string> objects{kCatalog};
  for (int i = 0; i < 5000; ++i)
    objects.push_back("<</Type/Pages/Count 1/Kids[" + std::to_string(i + 3) + " 0 R]>>");
  objects.push_back(kPage);
  EXPECT_EQ(refusal(file_of(objects)), "document.too_complex");
}

TEST(Load, RefusesDeepNesting) {
  const std::string deep = repeated("[", 100'000) + repeated("]", 100'000);
  EXPECT_EQ(refusal(file_of({"<</Type/Catalog/Pages 2 0 R/X " + deep + ">>", kPages, kPage})),
            "document.too_complex");
}

TEST(Load, RefusesContentThatInflatesTooFar) {
  const std::string bomb = deflated(std::string(100 << 20, ' '));
  EXPECT_EQ(refusal(file_of({kCatalog, kPages,
                             "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
                             stream_of(bomb, "/Filter/FlateDecode")})),
            "document.too_complex");
}

TEST(Load, RefusesCrossReferenceStreamsThatInflateTooFar) {
  std::string file = "%PDF-1.5\n";
  const std::size_t start = file.size();
  const std::string bomb = deflated(std::string(100 << 20, '\0'));
  file += "1 0 obj\n" +
          stream_of(bomb, "/Type/XRef/W[1 2 1]/Size 2/Root 1 0 R/Filter/FlateDecode") +
          "\nendobj\nstartxref\n" + std::to_string(start) + "\n%%EOF\n";
  EXPECT_EQ(refusal(file), "document.too_complex");
}

TEST(Load, SurvivesAnAbsurdSize) {
  std::string file = pages_of(1);
  const std::size_t at = file.rfind("/Size ");
  file.replace(at, file.find('/', at + 1) - at, "/Size 8388600");
  EXPECT_EQ(refusal(file), "");
  const std::size_t again = file.rfind("/Size ");
  file.replace(again, file.find('/', again + 1) - again, "/Size 99999999999999");
  EXPECT_NE(refusal(file), "internal");
}

TEST(Load, ReadsBoxesAsReadersDisplayThem) {
  const auto size_of = [](const std::string& attributes) {
    const PageSize size = displayed_size(load(page_of(attributes), 10).pages.at(0).geometry);
    return std::to_string(size.width) + "x" + std::to_string(size.height) + "@" +
           std::to_string(size.rotate);
  };
  EXPECT_EQ(size_of("/MediaBox[0 0 300 400]"), "300000x400000@0");
  EXPECT_EQ(size_of("/MediaBox[300 400 0 0]"), "300000x400000@0");
  EXPECT_EQ(size_of("/MediaBox[0 0 300 400]/CropBox[10 20 110.5 220]"), "100500x200000@0");
  EXPECT_EQ(size_of("/MediaBox[0 0 300 400]/CropBox[-50 -50 100 900]"), "100000x400000@0");
  EXPECT_EQ(size_of("/MediaBox[0 0 300 400]/CropBox[500 500 600 600]"), "300000x400000@0");
  EXPECT_EQ(size_of("/MediaBox[0 0 300 400]/Rotate 90"), "400000x300000@90");
  EXPECT_EQ(size_of("/MediaBox[0 0 300 400]/Rotate -90"), "400000x300000@270");
  EXPECT_EQ(size_of("/MediaBox[0 0 300 400]/Rotate 450"), "400000x300000@90");
  EXPECT_EQ(size_of("/MediaBox[0 0 300 400]/Rotate 45"), "300000x400000@0");
  EXPECT_EQ(size_of("/MediaBox[0 0 300 400]/UserUnit 2"), "600000x800000@0");
}

TEST(Load, InheritsWhatAPageDoesNotSay) {
  const std::string file =
      file_of({kCatalog, "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 200 100]/Rotate 270>>",
               "<</Type/Pages/Parent 2 0 R/Kids[4 0 R]/Count 1/CropBox[0 0 50 100]>>",
               "<</Type/Page/Parent 3 0 R>>"});
  const PageSize size = displayed_size(load(file, 10).pages.at(0).geometry);
  EXPECT_EQ(size.width, 100'000);
  EXPECT_EQ(size.height, 50'000);
  EXPECT_EQ(size.rotate, 270);
}

}  // namespace
}  // namespace cinnabar::pdf
