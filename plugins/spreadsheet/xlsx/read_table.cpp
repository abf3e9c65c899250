#include "read_table.hpp"

#include "cell_text.hpp"
#include "fault.hpp"
#include "workbook.hpp"

#include <cinnabar/text.hpp>

namespace cinnabar::xlsx {
namespace {

constexpr std::size_t kTextSizeMax = static_cast<std::size_t>(kSheetTextLengthMax) * 4;

bool is_too_long(std::string_view text) {
  std::int64_t count = 0;
  for (const char c : text) count += (c & 0xC0) != 0x80;
  return count > kSheetTextLengthMax;
}

// Walks /worksheet/sheetData and keeps the rows that hold anything.
class TableHandler final : public XmlHandler {
 public:
  TableHandler(const ReadSheetRequest& limits, const std::vector<std::string>& strings)
      : limits_(limits), strings_(strings) {}

  void begin(std::string_view path, const Attributes& attributes) override {
    if (!path.starts_with(kRow)) return;
    const std::string_view below = path.substr(kRow.size());
    if (below.empty()) return begin_row(attributes);
    if (below == "/c") return begin_cell(attributes);
    if (below == "/c/f") throw Error("spreadsheet.formula", {{"cell", reference_of(place_)}});
  }
  void text(std::string_view path, std::string_view piece) override {
    if (!path.starts_with(kRow)) return;
    const std::string_view below = path.substr(kRow.size());
    const bool value = below == "/c/v" && type_ != "inlineStr";
    const bool inside = type_ == "inlineStr" && (below == "/c/is/t" || below == "/c/is/r/t");
    if (!value && !inside) return;
    if (value_.size() + piece.size() > kTextSizeMax) throw too_long();
    value_ += piece;
  }
  void end(std::string_view path) override {
    if (!path.starts_with(kRow)) return;
    const std::string_view below = path.substr(kRow.size());
    if (below == "/c") end_cell();
    if (below.empty() && !cells_.empty()) end_row();
  }

  std::vector<SheetRow> rows;

 private:
  static constexpr std::string_view kRow = "/worksheet/sheetData/row";

  void begin_row(const Attributes& attributes) {
    const std::string_view number = attributes.get("r");
    const std::int64_t row = number.empty() ? place_.row + 1 : counted(number, kRowNumberMax);
    if (row <= place_.row || row > kRowNumberMax) throw damaged("its rows are out of order");
    place_ = {row, 0};
    cells_.clear();
  }
  void begin_cell(const Attributes& attributes) {
    const std::string_view reference = attributes.get("r");
    const CellPlace place =
        reference.empty() ? CellPlace{place_.row, place_.column + 1} : place_of(reference);
    if (place.row != place_.row || place.column <= place_.column ||
        place.column > kColumnNumberMax)
      throw damaged("its cells are out of order");
    place_ = place;
    type_ = attributes.get("t");
    value_.clear();
  }
  void end_cell() {
    std::string text = cell_text();
    if (text.empty()) return;
    if (is_too_long(text)) throw too_long();
    if (place_.column > limits_.columns_max)
      throw too_many("spreadsheet.too_many_columns", limits_.columns_max);
    size_ += text.size();
    if (size_ > static_cast<std::size_t>(limits_.text_size_max))
      throw too_many("spreadsheet.too_much_text", limits_.text_size_max);
    cells_.resize(static_cast<std::size_t>(place_.column));
    cells_.back() = std::move(text);
  }
  Error too_long() const {
    return Error("spreadsheet.cell_too_long", {{"cell", reference_of(place_)},
                                               {"max", std::to_string(kSheetTextLengthMax)}});
  }
  std::string cell_text() {
    if (type_ == "s") {
      if (value_.empty()) return {};
      // Counted from zero; "counted" takes numbers from one.
      const std::size_t index =
          value_ == "0" ? 0 : static_cast<std::size_t>(counted(value_, INT32_MAX));
      if (index >= strings_.size()) throw damaged("a text is missing");
      return strings_[index];
    }
    if (type_ == "inlineStr" || type_ == "str") return unescaped(std::move(value_));
    if (type_ == "b") return value_.empty() ? "" : value_ == "1" ? "TRUE" : "FALSE";
    if (type_ == "e" || type_ == "d") return std::move(value_);
    if (!type_.empty() && type_ != "n") throw damaged("a cell is of an unknown type");
    return value_.empty() ? std::string() : number_text(value_);
  }
  void end_row() {
    if (rows.size() >= static_cast<std::size_t>(limits_.rows_max))
      throw too_many("spreadsheet.too_many_rows", limits_.rows_max);
    rows.push_back({place_.row, std::move(cells_)});
    cells_.clear();
  }

  const ReadSheetRequest& limits_;
  const std::vector<std::string>& strings_;
  CellPlace place_;  // of the row and cell being read
  std::string type_, value_;
  std::vector<std::string> cells_;
  std::size_t size_ = 0;
};

}  // namespace

SheetTable read_table(const ReadSheetRequest& request) {
  Package package(request.file.view());
  Workbook book = read_workbook(package);
  TableHandler handler(request, book.strings);
  package.read(book.part, handler);
  return {std::move(book.sheet), std::move(handler.rows), std::move(book.others)};
}

}  // namespace cinnabar::xlsx
