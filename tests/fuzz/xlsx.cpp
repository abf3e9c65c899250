// Workbooks: the first byte says what the rest is, the whole file or one part of a file that is
// good besides: the container's checksums would hide most of what is mutated in a part. What is
// read must keep to the limits, and be the same when it is written and read again.
#include <read_table.hpp>
#include <write_table.hpp>
#include <zip_writer.hpp>

#include <cinnabar/error.hpp>
#include <cinnabar/text.hpp>

#include <cstdlib>
#include <string>

using namespace cinnabar;

namespace {

const std::string kSpace = " xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
const std::string kKinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

std::string relationships(const std::string& type, const std::string& target,
                          const std::string& more = {}) {
  return "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
         "<Relationship Id=\"rId1\" Type=\"" + kKinds + "/" + type + "\" Target=\"" + target +
         "\"/>" + more + "</Relationships>";
}

std::string packed(int which, const std::string& part) {
  const std::string parts[][2] = {
      {"xl/worksheets/sheet1.xml",
       "<worksheet" + kSpace + "><sheetData><row><c t='s'><v>0</v></c></row></sheetData>"
                               "</worksheet>"},
      {"xl/sharedStrings.xml", "<sst" + kSpace + "><si><t>a</t></si></sst>"},
      {"xl/workbook.xml", "<workbook" + kSpace + " xmlns:r=\"" + kKinds +
                              "\"><sheets><sheet name='s' r:id='rId1'/></sheets></workbook>"},
      {"xl/_rels/workbook.xml.rels",
       relationships("worksheet", "worksheets/sheet1.xml",
                     "<Relationship Id=\"rId2\" Type=\"" + kKinds +
                         "/sharedStrings\" Target=\"sharedStrings.xml\"/>")},
      {"_rels/.rels", relationships("officeDocument", "xl/workbook.xml")}};
  xlsx::ZipWriter zip;
  for (int i = 0; i < 5; ++i) zip.add(parts[i][0], i == which ? part : parts[i][1]);
  return zip.finish();
}

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const SheetTable& table, const ReadSheetRequest& limits) {
  std::int64_t before = 0, size = 0;
  require(table.rows.size() <= static_cast<std::size_t>(limits.rows_max));
  for (const SheetRow& row : table.rows) {
    require(row.number > before && row.number <= 1'048'576);
    before = row.number;
    require(!row.cells.empty() && !row.cells.back().empty());
    require(row.cells.size() <= static_cast<std::size_t>(limits.columns_max));
    for (const std::string& cell : row.cells) {
      require(is_utf8(cell));
      size += static_cast<std::int64_t>(cell.size());
    }
  }
  require(size <= limits.text_size_max);
}

// Rows that follow each other from 1, as they are written.
void check_again(const SheetTable& table, ReadSheetRequest limits) {
  WriteSheetRequest writing;
  for (const SheetRow& row : table.rows) writing.lines.push_back({row.cells});
  const std::string file = xlsx::write_table(writing);
  limits.file = Bytes::borrowed(file);
  const SheetTable again = xlsx::read_table(limits);
  require(again.rows.size() == table.rows.size());
  for (std::size_t i = 0; i < table.rows.size(); ++i)
    require(again.rows[i].cells == table.rows[i].cells);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const int which = data[0] % 6;
  const std::string file = which == 5 ? rest : packed(which, rest);
  ReadSheetRequest request;
  request.rows_max = 50;
  request.columns_max = 20;
  request.text_size_max = 20'000;
  request.file = Bytes::borrowed(file);
  SheetTable table;
  try {
    table = xlsx::read_table(request);
  } catch (const Error& error) {
    require(error.code().starts_with("spreadsheet."));
    return 0;
  }
  check(table, request);
  check_again(table, request);
  return 0;
}
