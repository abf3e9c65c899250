// Writes the documents that the end-to-end tests sign: what common programs produce, and the odd
// shapes that PDF allows. Usage: make_documents DIR.
#include <cairo-pdf.h>
// The smart pointers of its next major version, without a warning.
#define POINTERHOLDER_TRANSITION 4
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>

#include <cstdio>
#include <functional>
#include <string>

namespace {

constexpr double kWidth = 595.276;
constexpr double kHeight = 841.89;

// Plain pages with a line of text each; the last has a grey picture as a scanner would leave it.
void draw(const std::string& path, int pages, cairo_pdf_version_t version, bool images_only) {
  cairo_surface_t* surface = cairo_pdf_surface_create(path.c_str(), kWidth, kHeight);
  cairo_pdf_surface_restrict_to_version(surface, version);
  cairo_t* cr = cairo_create(surface);
  cairo_surface_t* picture = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 400, 560);
  cairo_t* ink = cairo_create(picture);
  cairo_set_source_rgb(ink, 0.9, 0.9, 0.9);
  cairo_paint(ink);
  cairo_destroy(ink);
  for (int page = 1; page <= pages; ++page) {
    if (images_only) {
      cairo_save(cr);
      cairo_scale(cr, kWidth / 400, kHeight / 560);
      cairo_set_source_surface(cr, picture, 0, 0);
      cairo_paint(cr);
      cairo_restore(cr);
    } else {
      cairo_select_font_face(cr, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
      cairo_set_font_size(cr, 12);
      cairo_move_to(cr, 72, 400);
      cairo_show_text(cr, ("Page " + std::to_string(page)).c_str());
    }
    cairo_show_page(cr);
  }
  cairo_surface_destroy(picture);
  cairo_destroy(cr);
  cairo_surface_destroy(surface);
}

using Change = std::function<void(QPDF&, QPDFWriter&)>;

void rewrite(const std::string& from, const std::string& to, const Change& change) {
  QPDF pdf;
  pdf.processFile(from.c_str());
  QPDFWriter writer(pdf, to.c_str());
  change(pdf, writer);
  writer.write();
}

void each_page(QPDF& pdf, const std::function<void(QPDFObjectHandle, int)>& change) {
  int index = 0;
  for (auto& page : QPDFPageDocumentHelper(pdf).getAllPages())
    change(page.getObjectHandle(), index++);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string dir = std::string(argv[1]) + "/";
  const std::string base = dir + "cairo-1.5.pdf";
  draw(base, 3, CAIRO_PDF_VERSION_1_5, false);
  draw(dir + "cairo-1.4.pdf", 1, CAIRO_PDF_VERSION_1_4, false);
  draw(dir + "scan.pdf", 2, CAIRO_PDF_VERSION_1_4, true);
  draw(dir + "pages-300.pdf", 300, CAIRO_PDF_VERSION_1_5, false);
  rewrite(base, dir + "linearised.pdf", [](QPDF&, QPDFWriter& w) { w.setLinearization(true); });
  rewrite(base, dir + "object-streams.pdf",
          [](QPDF&, QPDFWriter& w) { w.setObjectStreamMode(qpdf_o_generate); });
  for (const char* version : {"1.6", "1.7", "2.0"})
    rewrite(base, dir + "version-" + version + ".pdf",
            [&](QPDF&, QPDFWriter& w) { w.forcePDFVersion(version); });
  for (const int turn : {90, 180, 270})
    rewrite(base, dir + "rotated-" + std::to_string(turn) + ".pdf", [&](QPDF& pdf, QPDFWriter&) {
      each_page(pdf, [&](QPDFObjectHandle page, int) {
        page.replaceKey("/Rotate", QPDFObjectHandle::newInteger(turn));
      });
    });
  rewrite(base, dir + "mixed-rotation.pdf", [](QPDF& pdf, QPDFWriter&) {
    each_page(pdf, [](QPDFObjectHandle page, int index) {
      page.replaceKey("/Rotate", QPDFObjectHandle::newInteger(index * 90));
    });
  });
  rewrite(base, dir + "offset-crop-box.pdf", [](QPDF& pdf, QPDFWriter&) {
    each_page(pdf, [](QPDFObjectHandle page, int) {
      page.replaceKey("/MediaBox", QPDFObjectHandle::parse("[-50 -70 700 900]"));
      page.replaceKey("/CropBox", QPDFObjectHandle::parse("[31.5 42.25 580 800.5]"));
    });
  });
  return 0;
}
