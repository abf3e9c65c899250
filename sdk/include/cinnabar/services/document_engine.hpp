// cinnabar.document-engine/1: everything that parses a stranger's document.
//
// Implementations live in the supervised worker process: they get bytes, return bytes, and have
// no keys, no network and no files. Geometry is that of a reader: integers of 1/1000 point,
// measured from the top left corner of the page's crop box as displayed (rotation applied).
// Thread-safety: a worker serves one call at a time.
#pragma once

#include <cinnabar/describe.hpp>
#include <cinnabar/service.hpp>

namespace cinnabar {

// A rectangle on a displayed page, 1/1000 point from the top left.
struct PageRect {
  std::int64_t x = 0;
  std::int64_t y = 0;
  std::int64_t width = 0;
  std::int64_t height = 0;
};
CINNABAR_DESCRIBE(PageRect, (x, required, range(0, 15'000'000)),
                  (y, required, range(0, 15'000'000)), (width, required, range(1, 15'000'000)),
                  (height, required, range(1, 15'000'000)))

struct PageSize {
  std::int64_t width = 0;   // as displayed, 1/1000 point
  std::int64_t height = 0;  // as displayed, 1/1000 point
  int rotate = 0;           // 0, 90, 180 or 270
};
CINNABAR_DESCRIBE(PageSize, width, height, rotate)

struct InspectRequest {
  Bytes document;
  int pages_max = 1000;
};
CINNABAR_DESCRIBE(InspectRequest, document, pages_max)

// Refusals are errors: document.not_pdf, document.empty, document.damaged, document.encrypted,
// document.signed, document.xfa, document.too_many_pages, document.too_complex.
struct Inspection {
  std::string pdf_version;
  std::vector<PageSize> pages;
  std::string producer;
};
CINNABAR_DESCRIBE(Inspection, pdf_version, (pages, items(0, 10'000)), producer)

// One value drawn on a page when the contract is frozen.
struct Fill {
  std::string control_id;  // named in errors
  std::string kind;        // "text" or "checkbox"
  int page = 1;            // from 1
  PageRect rect;
  std::string text;            // kind text; UTF-8
  bool checked = false;        // kind checkbox
  std::int64_t font_size = 0;  // 1/1000 point; 0: 10.5 points
  std::string align = "left";  // left, center, right
  bool multi_line = false;
};
CINNABAR_DESCRIBE(Fill, control_id, kind, page, rect, (text, length(0, 10'000)), checked, font_size,
                  align, multi_line)

// An area to be signed later. Every area becomes a signature field of its own; the areas of one
// act share one signature when the act is signed.
struct FieldPlan {
  std::string name;  // unique in the document, no '.'; becomes /T
  int page = 1;      // from 1; the certification field is invisible: zero-sized rectangle
  PageRect rect;
  bool visible = true;
};
CINNABAR_DESCRIBE(FieldPlan, name, page, rect, visible)

struct FreezeRequest {
  Bytes document;
  std::string title;
  std::string watermark;  // empty: none
  std::vector<Fill> fills;
  std::vector<FieldPlan> fields;
  bool long_term = false;  // with an empty security store, to be filled at B-LT and B-LTA
};
CINNABAR_DESCRIBE(FreezeRequest, document, title, watermark, (fills, items(0, 20'000)),
                  (fields, items(0, 20'000)), long_term)

// What signing needs to know of a prepared field, so that it never parses the document.
struct PreparedField {
  std::string name;
  std::int64_t object = 0;  // object number of the merged field and widget; generation 0
  std::string dictionary;   // its dictionary without the outer << >>, without /V and /AP
  int page = 1;
  int rotate = 0;         // of its page
  double width = 0;       // of the rectangle as displayed, in points (/UserUnit applied)
  double height = 0;
};
CINNABAR_DESCRIBE(PreparedField, name, object, (dictionary, length(0, 65'536)), page, rotate, width,
                  height)

// The field map: kept with the frozen document, in this encoding (JSON, version 1).
struct FieldMap {
  int version = 1;
  std::vector<PreparedField> fields;
  std::int64_t catalog_object = 0;
  std::string catalog_dictionary;  // without the outer << >>, without /Perms
  std::string trailer_dictionary;  // what every section repeats: /Root, /Info, /ID
  std::int64_t next_object = 0;    // the /Size of the base
  std::int64_t start_xref = 0;     // offset of the base's section
  std::string xref_kind = "table";  // kind of the base's section: "table" or "stream"
  std::int64_t security_store = 0;  // object number of the catalog's /DSS; 0: none was prepared
};
CINNABAR_DESCRIBE(FieldMap, version, (fields, items(0, 20'000)), catalog_object,
                  (catalog_dictionary, length(0, 1'000'000)),
                  (trailer_dictionary, length(0, 65'536)), next_object, start_xref, xref_kind,
                  security_store)

// Errors: document.glyph_missing (which characters, which control), document.text_overflow,
// document.text_invalid (no UTF-8, or a control character), document.fill_unknown (its kind),
// document.field_invalid (its name), document.page_out_of_range, document.rect_outside_page, and
// those of inspect.
struct Frozen {
  Bytes document;
  FieldMap map;
};
CINNABAR_DESCRIBE(Frozen, document, map)

// A section of a report: rows of a label and a value, or a table where there are columns.
struct ReportSection {
  std::string heading;
  std::vector<std::string> columns;
  std::vector<int> widths;  // of the columns, in parts of their sum; empty: all the same
  std::vector<std::vector<std::string>> rows;
  std::string note;  // in small print below
};
CINNABAR_DESCRIBE(ReportSection, heading, (columns, items(0, 12)), (widths, items(0, 12)),
                  (rows, items(0, 20'000)), (note, length(0, 10'000)))

// A document of our own, made ready to be signed like a frozen one: A4, numbered pages, embedded
// fonts. What no font has is written as its code point.
struct ReportRequest {
  std::string title;
  std::string subtitle;
  std::vector<ReportSection> sections;
  std::string footer;
  std::vector<FieldPlan> fields;
  bool long_term = false;  // as in FreezeRequest
};
CINNABAR_DESCRIBE(ReportRequest, title, subtitle, (sections, items(0, 1'000)), footer, fields,
                  long_term)

struct RenderRequest {
  Bytes document;
  int page = 1;
  int dpi = 144;
};
CINNABAR_DESCRIBE(RenderRequest, document, page, (dpi, range(18, 400)))

struct Rendered {
  Bytes png;
  int width = 0;   // pixels
  int height = 0;  // pixels
};
CINNABAR_DESCRIBE(Rendered, png, width, height)

struct TextRequest {
  Bytes document;
  int page = 0;  // 0: all
};
CINNABAR_DESCRIBE(TextRequest, document, page)

struct PageTexts {
  std::vector<std::string> pages;
};
CINNABAR_DESCRIBE(PageTexts, (pages, items(0, 10'000)))

class DocumentEngine {
 public:
  using Interface = DocumentEngine;
  virtual ~DocumentEngine() = default;
  virtual Inspection inspect(const InspectRequest&, const Call&) = 0;
  virtual Frozen freeze(const FreezeRequest&, const Call&) = 0;
  virtual Rendered render(const RenderRequest&, const Call&) = 0;
  virtual PageTexts text(const TextRequest&, const Call&) = 0;
  virtual Frozen report(const ReportRequest&, const Call&) {
    throw failure("this document engine makes no reports");
  }
};
CINNABAR_SERVICE(DocumentEngine, "cinnabar.document-engine/1", inspect, freeze, render, text,
                 report)

}  // namespace cinnabar
