// cinnabar.spreadsheet/1: tables of texts out of spreadsheets and into them.
//
// Implementations live in the supervised worker process: they get bytes and return a table, and
// have no keys, no network and no files. Thread-safety: a worker serves one call at a time.
#pragma once

#include <cinnabar/describe.hpp>
#include <cinnabar/service.hpp>

namespace cinnabar {

// What any table may have; a request may ask for less.
inline constexpr std::int64_t kSheetRowsMax = 100'000;
inline constexpr std::int64_t kSheetColumnsMax = 1'000;
// Of one cell, in characters: what the common programs allow.
inline constexpr std::int64_t kSheetTextLengthMax = 32'767;

struct ReadSheetRequest {
  Bytes file;
  std::int64_t rows_max = 20'000;   // that hold anything
  std::int64_t columns_max = 100;   // the last one that holds anything
  std::int64_t text_size_max = 16'000'000;  // of all cells together, bytes
};
CINNABAR_DESCRIBE(ReadSheetRequest, file, (rows_max, range(1, 100'000)),
                  (columns_max, range(1, 1'000)), (text_size_max, range(1, 64'000'000)))

struct SheetRow {
  std::int64_t number = 0;  // as the program shows it, from 1
  std::vector<std::string> cells;  // from column A to the last one that holds anything
};
CINNABAR_DESCRIBE(SheetRow, number, (cells, items(0, 1'000), length(0, 32'767)))

// The first visible sheet. Rows without any text are left out. A number is written with all its
// digits and without an exponent where it is whole; a date is the number that it is stored as;
// of merged cells the first one has the text; true and false are TRUE and FALSE.
struct SheetTable {
  std::string sheet;
  std::vector<SheetRow> rows;
  std::vector<std::string> other_sheets;  // that were not read
};
CINNABAR_DESCRIBE(SheetTable, sheet, (rows, items(0, 100'000)), other_sheets)

// One row to write; the cells are texts, whatever they look like.
struct SheetLine {
  std::vector<std::string> cells;
};
CINNABAR_DESCRIBE(SheetLine, (cells, items(0, 1'000), length(0, 32'767)))

struct WriteSheetRequest {
  std::string sheet = "Sheet1";   // at most 31 characters, without []:*?/ and backslash
  std::vector<SheetLine> lines;   // the first one is the heading
  std::vector<std::int64_t> widths;  // of the columns, in characters; missing: the program's own
};
CINNABAR_DESCRIBE(WriteSheetRequest, (sheet, length(1, 31)), (lines, items(0, 100'000)),
                  (widths, range(1, 255)))

struct SheetFile {
  Bytes file;
};
CINNABAR_DESCRIBE(SheetFile, file)

class Spreadsheet {
 public:
  using Interface = Spreadsheet;
  virtual ~Spreadsheet() = default;
  // Throws "spreadsheet.not_xlsx", "spreadsheet.protected", "spreadsheet.damaged",
  // "spreadsheet.unsafe", "spreadsheet.formula", "spreadsheet.too_large", and beyond what is asked
  // for "spreadsheet.too_many_rows", "spreadsheet.too_many_columns", "spreadsheet.too_much_text",
  // "spreadsheet.cell_too_long".
  virtual SheetTable read(const ReadSheetRequest&, const Call&) = 0;
  // Throws "spreadsheet.unwritable".
  virtual SheetFile write(const WriteSheetRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Spreadsheet, "cinnabar.spreadsheet/1", read, write)

}  // namespace cinnabar
