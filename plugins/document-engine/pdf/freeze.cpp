#include "freeze.hpp"

#include "content.hpp"
#include "field_map.hpp"
#include "fields.hpp"
#include "flatten.hpp"
#include "overlay.hpp"
#include "sanitize.hpp"
#include "version.hpp"

#include <cinnabar/error.hpp>
#include <qpdf/Buffer.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <qpdf/QPDFWriter.hh>

#include <cmath>

namespace cinnabar::pdf {

namespace {

// As many pages as any contract may have; the caller's own limit applied at the upload.
constexpr int kPagesMax = 10'000;
// Signatures by ETSI.CAdES.detached rest on ISO 32000-1, which is PDF 1.7.
constexpr const char* kVersionMin = "1.7";

// A PDF made by cairo, whose pages serve as forms. Lives until the document is written.
class Drawn {
 public:
  explicit Drawn(std::string bytes) : bytes_(std::move(bytes)), pdf_(new_pdf()) {
    pdf_->processMemoryFile("drawing", bytes_.data(), bytes_.size());
    pages_ = pdf_->getAllPages();
  }
  Drawn(const Drawn&) = delete;
  Drawn& operator=(const Drawn&) = delete;

  QPDFObjectHandle form(QPDF& target, std::size_t page) {
    QPDFObjectHandle form = QPDFPageObjectHelper(pages_.at(page)).getFormXObjectForPage(false);
    // Cairo makes each page an isolated group; a plain form lets blend modes reach the page.
    form.getDict().removeKey("/Group");
    return target.copyForeignObject(pdf_->makeIndirectObject(form));
  }

 private:
  std::string bytes_;
  std::unique_ptr<QPDF> pdf_;
  std::vector<QPDFObjectHandle> pages_;
};

std::string placed(const std::array<double, 6>& matrix, const std::string& form) {
  return "q " + format_matrix(matrix) + " cm " + form + " Do Q\n";
}

// Tiles in rows, every other row shifted by half a tile, over the whole displayed page.
std::string tiled(const PageGeometry& page, const Tile& tile, const std::string& form) {
  const std::array<double, 6> base = display_matrix(page);
  const int columns = static_cast<int>(std::ceil(page.display_width() / tile.width)) + 1;
  const int rows = static_cast<int>(std::ceil(page.display_height() / tile.height));
  std::string out;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const double x = (column - (row % 2) * 0.5) * tile.width, y = row * tile.height;
      std::array<double, 6> matrix = base;
      matrix[4] += x * base[0] + y * base[2];
      matrix[5] += x * base[1] + y * base[3];
      out += placed(matrix, form);
    }
  }
  return "/Artifact BMC\n" + out + "EMC\n";
}

class Freezing {
 public:
  explicit Freezing(const FreezeRequest& request)
      : request_(request), document_(load(request.document.view(), kPagesMax)) {}

  Frozen run() {
    const std::string version = version_of(*document_.pdf);
    QPDFPageDocumentHelper(*document_.pdf).pushInheritedAttributesToPage();
    sanitize(document_);
    compose();
    make_explicit();
    set_title();
    add_fields(document_, request_.fields);
    if (request_.long_term) add_security_store(document_, version > kVersionMin);
    std::string bytes = write(std::max(version, std::string(kVersionMin)));
    FieldMap map = read_field_map(bytes, request_.fields, document_.pages);
    return {Bytes(std::move(bytes)), std::move(map)};
  }

 private:
  void compose() {
    Composer composer(document_);
    std::vector<Addition> additions = flatten_form(document_, composer);
    add_fills(additions, composer);
    add_watermark(additions, composer);
    for (std::size_t i = 0; i < additions.size(); ++i)
      composer.add_over(document_.pages[i], additions[i]);
  }

  void add_fills(std::vector<Addition>& additions, const Composer& composer) {
    OverlayPages overlay = draw_fills(document_.pages, request_.fills);
    if (overlay.index.empty()) return;
    fills_ = std::make_unique<Drawn>(std::move(overlay.pdf));
    const std::string name = composer.name("Fill");
    for (const auto& [page, index] : overlay.index) {
      additions[page].operators += placed(display_matrix(document_.pages[page].geometry), name);
      additions[page].forms.emplace_back(name, fills_->form(*document_.pdf, index));
    }
  }

  void add_watermark(std::vector<Addition>& additions, const Composer& composer) {
    if (request_.watermark.empty()) return;
    Tile tile = draw_watermark_tile(request_.watermark);
    tile_ = std::make_unique<Drawn>(std::move(tile.pdf));
    const QPDFObjectHandle form = tile_->form(*document_.pdf, 0);
    const std::string name = composer.name("Watermark");
    for (std::size_t i = 0; i < additions.size(); ++i) {
      additions[i].operators += tiled(document_.pages[i].geometry, tile, name);
      additions[i].forms.emplace_back(name, form);
    }
  }

  // What readers would guess each in its own way is written down: odd rotations and missing boxes.
  void make_explicit() {
    for (Page& page : document_.pages) {
      const PageGeometry& geometry = page.geometry;
      if (geometry.rotate != 0) {
        page.object.replaceKey("/Rotate", QPDFObjectHandle::newInteger(geometry.rotate));
      } else {
        page.object.removeKey("/Rotate");
      }
      if (!page.object.getKey("/MediaBox").isArray())
        page.object.replaceKey("/MediaBox", to_array(geometry.crop));
      if (page.object.hasKey("/CropBox"))
        page.object.replaceKey("/CropBox", to_array(geometry.crop));
      if (geometry.user_unit == 1) page.object.removeKey("/UserUnit");
    }
  }

  void set_title() {
    if (request_.title.empty()) return;
    QPDFObjectHandle trailer = document_.pdf->getTrailer();
    if (!trailer.getKey("/Info").isDictionary())
      trailer.replaceKey("/Info",
                         document_.pdf->makeIndirectObject(QPDFObjectHandle::newDictionary()));
    trailer.getKey("/Info").replaceKey("/Title",
                                       QPDFObjectHandle::newUnicodeString(request_.title));
  }

  std::string write(const std::string& version) {
    QPDFWriter writer(*document_.pdf);
    writer.setOutputMemory();
    writer.setObjectStreamMode(qpdf_o_disable);
    writer.setStreamDataMode(qpdf_s_preserve);
    writer.setNewlineBeforeEndstream(true);
    writer.setSuppressOriginalObjectIDs(true);
    writer.setDeterministicID(true);
    writer.forcePDFVersion(version);
    writer.write();
    const std::unique_ptr<Buffer> buffer(writer.getBuffer());
    return std::string(reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize());
  }

  const FreezeRequest& request_;
  Document document_;
  std::unique_ptr<Drawn> fills_;
  std::unique_ptr<Drawn> tile_;
};

}  // namespace

Frozen freeze_document(const FreezeRequest& request) {
  try {
    return Freezing(request).run();
  } catch (const QPDFExc& e) {
    throw Error("document.damaged", {{"reason", e.getMessageDetail()}});
  } catch (const std::bad_alloc&) {
    throw Error("document.too_complex", {{"reason", "the document needs too much memory"}});
  }
}

}  // namespace cinnabar::pdf
