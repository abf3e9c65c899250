#include "render.hpp"

#include "limits.hpp"
#include "load.hpp"
#include "page_tree.hpp"

#include <cairo.h>
#include <cinnabar/error.hpp>
#include <poppler.h>

#include <cmath>
#include <memory>

namespace cinnabar::pdf {

namespace {

struct Release {
  void operator()(GBytes* bytes) const { g_bytes_unref(bytes); }
  void operator()(PopplerDocument* document) const { g_object_unref(document); }
  void operator()(PopplerPage* page) const { g_object_unref(page); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
  void operator()(char* text) const { g_free(text); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

// The document borrows the bytes, which must outlive it.
Owned<PopplerDocument> open(std::string_view bytes) {
  const Owned<GBytes> shared(g_bytes_new_static(bytes.data(), bytes.size()));
  GError* error = nullptr;
  Owned<PopplerDocument> document(poppler_document_new_from_bytes(shared.get(), nullptr, &error));
  if (document != nullptr) return document;
  const bool encrypted = g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED);
  const std::string reason = error->message;
  g_error_free(error);
  if (encrypted) throw Error("document.encrypted");
  throw Error("document.damaged", {{"reason", reason}});
}

Owned<PopplerPage> page_at(PopplerDocument* document, int page) {
  const int pages = poppler_document_get_n_pages(document);
  if (page < 1 || page > pages)
    throw Error("document.page_out_of_range",
                {{"page", std::to_string(page)}, {"pages", std::to_string(pages)}});
  Owned<PopplerPage> found(poppler_document_get_page(document, page - 1));
  if (found == nullptr)
    throw Error("document.damaged", {{"reason", "page " + std::to_string(page) + " is missing"}});
  return found;
}

// Poppler does not know /UserUnit, so it is read beside it; 1 when the pages cannot be walked.
double user_unit(std::string_view bytes, int page) {
  if (bytes.find("/ObjStm") == std::string_view::npos &&
      bytes.find("/UserUnit") == std::string_view::npos)
    return 1;
  try {
    const auto pdf = new_pdf();
    pdf->processMemoryFile("document", bytes.data(), bytes.size());
    const std::vector<Page> pages = read_page_tree(*pdf, page + 10'000);
    return pages.at(static_cast<std::size_t>(page) - 1).geometry.user_unit;
  } catch (const std::exception&) {
    return 1;
  }
}

std::string to_png(cairo_surface_t* surface) {
  std::string out;
  const cairo_status_t status = cairo_surface_write_to_png_stream(
      surface,
      [](void* self, const unsigned char* data, unsigned size) {
        static_cast<std::string*>(self)->append(reinterpret_cast<const char*>(data), size);
        return CAIRO_STATUS_SUCCESS;
      },
      &out);
  if (status != CAIRO_STATUS_SUCCESS)
    throw failure(std::string("rendering failed: ") + cairo_status_to_string(status));
  return out;
}

std::string text_of(PopplerDocument* document, int page) {
  const Owned<PopplerPage> found = page_at(document, page);
  const Owned<char> text(poppler_page_get_text(found.get()));
  return text == nullptr ? std::string() : std::string(text.get());
}

}  // namespace

Rendered render_page(const RenderRequest& request) {
  const Owned<PopplerDocument> document = open(request.document.view());
  const Owned<PopplerPage> page = page_at(document.get(), request.page);
  double width = 0, height = 0;
  poppler_page_get_size(page.get(), &width, &height);
  const double scale = request.dpi / 72.0 * user_unit(request.document.view(), request.page);
  const double wide = std::ceil(width * scale - 1e-6), high = std::ceil(height * scale - 1e-6);
  if (!(wide >= 1 && high >= 1 && wide * high <= static_cast<double>(kPixelsMax)))
    throw Error("document.too_complex", {{"reason", "the page has too many pixels at this dpi"}});
  Rendered out;
  out.width = static_cast<int>(wide);
  out.height = static_cast<int>(high);
  const Owned<cairo_surface_t> surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, out.width, out.height));
  const Owned<cairo_t> cairo(cairo_create(surface.get()));
  cairo_set_source_rgb(cairo.get(), 1, 1, 1);
  cairo_paint(cairo.get());
  cairo_scale(cairo.get(), scale, scale);
  poppler_page_render(page.get(), cairo.get());
  out.png = Bytes(to_png(surface.get()));
  return out;
}

PageTexts read_text(const TextRequest& request) {
  const Owned<PopplerDocument> document = open(request.document.view());
  PageTexts out;
  if (request.page != 0) {
    out.pages.push_back(text_of(document.get(), request.page));
    return out;
  }
  const int pages = poppler_document_get_n_pages(document.get());
  for (int page = 1; page <= pages; ++page) out.pages.push_back(text_of(document.get(), page));
  return out;
}

void warm_renderer() {
  // One page with a standard font that is not embedded: the font lookup is what is slow and needs
  // files. The table is left out, since poppler finds the objects by itself.
  constexpr std::string_view kPage =
      "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
      "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
      "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Contents 4 0 R/Resources<</Font<<"
      "/F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
      "4 0 obj<</Length 37>>stream\nBT /F 12 Tf 10 10 Td (Contract) Tj ET \nendstream endobj\n"
      "trailer<</Root 1 0 R/Size 5>>\nstartxref\n0\n%%EOF\n";
  RenderRequest request;
  request.document = Bytes::borrowed(kPage);
  request.dpi = 36;
  render_page(request);
  TextRequest text;
  text.document = request.document;
  read_text(text);
}

}  // namespace cinnabar::pdf
