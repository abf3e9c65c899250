// A cairo PDF surface that writes into a string.
//
// Owner: the document engine. Not thread-safe; one thread a process.
#pragma once

#include <cairo-pdf.h>
#include <cinnabar/error.hpp>

#include <string>

namespace cinnabar::pdf {

class PdfSurface {
 public:
  PdfSurface(double width, double height)
      : surface_(cairo_pdf_surface_create_for_stream(&PdfSurface::append, &bytes_, width, height)),
        cairo_(cairo_create(surface_)) {
    cairo_pdf_surface_restrict_to_version(surface_, CAIRO_PDF_VERSION_1_5);
  }
  ~PdfSurface() {
    cairo_destroy(cairo_);
    cairo_surface_destroy(surface_);
  }
  PdfSurface(const PdfSurface&) = delete;
  PdfSurface& operator=(const PdfSurface&) = delete;

  cairo_t* cairo() { return cairo_; }
  void next_page(double width, double height) {
    cairo_show_page(cairo_);
    cairo_pdf_surface_set_size(surface_, width, height);
  }
  std::string finish() {
    cairo_surface_finish(surface_);
    if (cairo_surface_status(surface_) != CAIRO_STATUS_SUCCESS)
      throw failure(std::string("drawing failed: ") +
                    cairo_status_to_string(cairo_surface_status(surface_)));
    return std::move(bytes_);
  }

 private:
  static cairo_status_t append(void* self, const unsigned char* data, unsigned size) {
    static_cast<std::string*>(self)->append(reinterpret_cast<const char*>(data), size);
    return CAIRO_STATUS_SUCCESS;
  }

  std::string bytes_;
  cairo_surface_t* surface_;
  cairo_t* cairo_;
};

}  // namespace cinnabar::pdf
