#include "report.hpp"

#include "freeze.hpp"
#include "pdf_surface.hpp"
#include "report_text.hpp"

#include <cinnabar/text.hpp>

#include <algorithm>
#include <numeric>

namespace cinnabar::pdf {
namespace {

// A4, points.
constexpr double kWidth = 595.276, kHeight = 841.89;
constexpr double kMargin = 50, kBottom = 62;
constexpr double kInner = kWidth - 2 * kMargin;
constexpr double kLeading = 1.45;  // of the size
constexpr double kTitle = 20, kHeading = 12, kBody = 9, kSmall = 7.5;
constexpr double kLabelWidth = 128, kGap = 8, kCellPad = 4;
// More than any contract of ours needs; a bound on the time that drawing takes.
constexpr std::size_t kPagesMax = 2'000;

struct Colour {
  double red, green, blue;
};
constexpr Colour kInk{0.11, 0.13, 0.16}, kSoft{0.40, 0.43, 0.48}, kCinnabar{0.72, 0.16, 0.12},
    kRule{0.86, 0.87, 0.89}, kShade{0.955, 0.96, 0.965};

struct TextMark {
  std::string text;
  double x, y, size;  // the base line's left end
  Colour colour;
};
struct BoxMark {
  double x, y, width, height;
  Colour colour;
};
struct SheetOfMarks {
  std::vector<BoxMark> boxes;
  std::vector<TextMark> texts;
};

using Lines = std::vector<std::string>;

// Puts sections onto pages; what is drawn is only collected, since every page names their number.
class Layout {
 public:
  explicit Layout(const ReportRequest& request) {
    next_page();
    box(kMargin, y_, 34, 3, kCinnabar);
    y_ += 14;
    paragraph(request.title, kMargin, kInner, kTitle, kInk);
    y_ += 2;
    paragraph(request.subtitle, kMargin, kInner, kBody, kSoft);
    for (const ReportSection& section : request.sections) add(section);
  }
  std::vector<SheetOfMarks> take() { return std::move(pages_); }

 private:
  void next_page() {
    if (pages_.size() == kPagesMax) throw Error("document.too_many_pages");
    pages_.emplace_back();
    y_ = kMargin;
  }
  // True: a new page was begun.
  bool room(double height) {
    if (y_ + height <= kHeight - kBottom) return false;
    next_page();
    return true;
  }
  void box(double x, double y, double width, double height, Colour colour) {
    pages_.back().boxes.push_back({x, y, width, height, colour});
  }
  void line(const std::string& text, double x, double y, double size, Colour colour) {
    if (!text.empty()) pages_.back().texts.push_back({text, x, y + size, size, colour});
  }
  void paragraph(const std::string& text, double x, double width, double size, Colour colour) {
    if (text.empty()) return;
    for (const std::string& one : break_lines(text, size, width)) {
      room(size * kLeading);
      line(one, x, y_, size, colour);
      y_ += size * kLeading;
    }
  }

  void add(const ReportSection& section) {
    if (!room(90)) y_ += 18;  // a heading stays with what follows it
    box(kMargin, y_ + 1.5, 3, kHeading, kCinnabar);
    line(section.heading, kMargin + 9, y_, kHeading, kInk);
    y_ += kHeading * kLeading + 4;
    if (section.columns.empty())
      for (const auto& row : section.rows) labelled(row);
    else
      table(section);
    if (section.note.empty()) return;
    y_ += 4;
    paragraph(section.note, kMargin, kInner, kSmall, kSoft);
  }

  void labelled(const std::vector<std::string>& row) {
    const Lines label = break_lines(row.empty() ? "" : row[0], kBody, kLabelWidth);
    const Lines value =
        break_lines(row.size() < 2 ? "" : row[1], kBody, kInner - kLabelWidth - kGap);
    for (std::size_t i = 0; i < std::max(label.size(), value.size()); ++i) {
      room(kBody * kLeading);
      if (i < label.size()) line(label[i], kMargin, y_, kBody, kSoft);
      if (i < value.size()) line(value[i], kMargin + kLabelWidth + kGap, y_, kBody, kInk);
      y_ += kBody * kLeading;
    }
    y_ += 2.5;
  }

  void table(const ReportSection& section) {
    std::vector<double> widths(section.columns.size(), 1);
    for (std::size_t i = 0; i < std::min(widths.size(), section.widths.size()); ++i)
      widths[i] = std::max(section.widths[i], 1);
    const double sum = std::accumulate(widths.begin(), widths.end(), 0.0);
    for (double& width : widths) width *= kInner / sum;
    row(section.columns, widths, true);
    for (const auto& cells : section.rows) {
      if (room(height_of(wrapped(cells, widths)))) row(section.columns, widths, true);
      row(cells, widths, false);
    }
  }

  static std::vector<Lines> wrapped(const std::vector<std::string>& cells,
                                    const std::vector<double>& widths) {
    std::vector<Lines> out;
    for (std::size_t i = 0; i < widths.size(); ++i)
      out.push_back(
          break_lines(i < cells.size() ? cells[i] : "", kSmall, widths[i] - 2 * kCellPad));
    return out;
  }
  static double height_of(const std::vector<Lines>& cells) {
    std::size_t most = 1;
    for (const Lines& lines : cells) most = std::max(most, lines.size());
    return static_cast<double>(most) * kSmall * kLeading + 2 * kCellPad;
  }

  // A row that is higher than a page goes on at the top of the next one.
  void row(const std::vector<std::string>& cells, const std::vector<double>& widths, bool head) {
    const std::vector<Lines> lines = wrapped(cells, widths);
    const double whole = height_of(lines);
    const bool fits = whole <= kHeight - kBottom - kMargin;
    if (fits) room(whole);
    if (head) box(kMargin, y_, kInner, whole, kShade);
    const double top = y_;
    std::size_t most = 0;
    for (const Lines& cell : lines) most = std::max(most, cell.size());
    y_ += kCellPad;
    for (std::size_t k = 0; k < most; ++k) {
      room(kSmall * kLeading);
      double x = kMargin + kCellPad;
      for (std::size_t i = 0; i < lines.size(); ++i) {
        if (k < lines[i].size()) line(lines[i][k], x, y_, kSmall, head ? kSoft : kInk);
        x += widths[i];
      }
      y_ += kSmall * kLeading;
    }
    y_ = fits ? top + whole : y_ + kCellPad;
    box(kMargin, y_ - 0.4, kInner, 0.4, kRule);
  }

  std::vector<SheetOfMarks> pages_;
  double y_ = 0;
};

void draw(cairo_t* cairo, const SheetOfMarks& page) {
  for (const BoxMark& mark : page.boxes) {
    cairo_set_source_rgb(cairo, mark.colour.red, mark.colour.green, mark.colour.blue);
    cairo_rectangle(cairo, mark.x, mark.y, mark.width, mark.height);
    cairo_fill(cairo);
  }
  for (const TextMark& mark : page.texts) {
    cairo_set_source_rgb(cairo, mark.colour.red, mark.colour.green, mark.colour.blue);
    cairo_save(cairo);
    cairo_translate(cairo, mark.x, mark.y);
    show_line(cairo, shape_line(mark.text), mark.size);
    cairo_restore(cairo);
  }
}

void draw_foot(cairo_t* cairo, const std::string& footer, std::size_t page, std::size_t pages) {
  const std::string number = std::to_string(page) + " / " + std::to_string(pages);
  const double width = shape_line(number).width * kSmall, y = kHeight - 40;
  SheetOfMarks foot;
  foot.boxes.push_back({kMargin, y, kInner, 0.4, kRule});
  const Lines lines = break_lines(footer, kSmall, kInner - 60);
  if (!lines.front().empty())
    foot.texts.push_back({lines.front(), kMargin, y + 14, kSmall, kSoft});
  foot.texts.push_back({number, kWidth - kMargin - width, y + 14, kSmall, kSoft});
  draw(cairo, foot);
}

void check_texts(const ReportRequest& request) {
  const auto check = [](const std::string& text) {
    const bool control = std::any_of(text.begin(), text.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
    if (control || !is_utf8(text)) throw Error("document.text_invalid", {{"control", "report"}});
  };
  check(request.title), check(request.subtitle), check(request.footer);
  for (const ReportSection& section : request.sections) {
    check(section.heading), check(section.note);
    for (const std::string& column : section.columns) check(column);
    for (const auto& row : section.rows)
      for (const std::string& cell : row) check(cell);
  }
}

}  // namespace

Frozen make_report(const ReportRequest& request) {
  check_texts(request);
  const std::vector<SheetOfMarks> pages = Layout(request).take();
  PdfSurface surface(kWidth, kHeight);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    if (i > 0) surface.next_page(kWidth, kHeight);
    draw(surface.cairo(), pages[i]);
    draw_foot(surface.cairo(), request.footer, i + 1, pages.size());
  }
  cairo_show_page(surface.cairo());
  FreezeRequest freeze;
  freeze.document = Bytes(surface.finish());
  freeze.title = request.title;
  freeze.fields = request.fields;
  freeze.long_term = request.long_term;
  return freeze_document(freeze);
}

}  // namespace cinnabar::pdf
