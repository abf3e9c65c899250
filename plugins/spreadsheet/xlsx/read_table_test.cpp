#include "read_table.hpp"

#include "test_files.hpp"

#include <gtest/gtest.h>

namespace cinnabar::xlsx {
namespace {

SheetTable read(const std::string& file, const ReadSheetRequest& limits = {}) {
  ReadSheetRequest request = limits;
  request.file = Bytes::borrowed(file);
  return read_table(request);
}

// "1: a|b; 3: c"
std::string shown(const SheetTable& table) {
  std::string out;
  for (const SheetRow& row : table.rows) {
    out += (out.empty() ? "" : "; ") + std::to_string(row.number) + ":";
    for (std::size_t i = 0; i < row.cells.size(); ++i) out += (i ? "|" : " ") + row.cells[i];
  }
  return out;
}
std::string rows(const std::string& xml, const std::string& strings = {},
                 const std::string& behind = {}) {
  return shown(read(workbook_of(xml, strings, behind)));
}
std::string refused(const std::string& xml, const ReadSheetRequest& limits = {}) {
  return refusal([&] { read(workbook_of(xml), limits); });
}

TEST(ReadTable, GivesEveryKindOfCellAsText) {
  EXPECT_EQ(rows("<row r='1'><c r='A1' t='s'><v>1</v></c><c r='C1' t='s'><v>0</v></c></row>"
                 "<row r='3'><c r='A3'><v>13800138000</v></c><c r='B3' t='n'><v>1.38E+10</v></c>"
                 "<c r='C3' t='b'><v>1</v></c><c r='D3' t='e'><v>#N/A</v></c>"
                 "<c r='E3' t='inlineStr'><is><t>a</t></is></c>"
                 "<c r='F3' t='str'><v>b</v></c></row>",
                 "<si><t>手机号</t></si><si><t>姓名</t></si>"),
            "1: 姓名||手机号; 3: 13800138000|13800000000|TRUE|#N/A|a|b");
}

TEST(ReadTable, RichTextIsTheSumOfItsRunsWithoutItsPronunciation) {
  EXPECT_EQ(rows("<row><c t='s'><v>0</v></c><c t='inlineStr'><is><r><t>a</t></r><r><t>b</t></r>"
                 "<rPh sb='0' eb='1'><t>no</t></rPh></is></c></row>",
                 "<si><r><rPr><b/></rPr><t xml:space='preserve'>李 </t></r><r><t>雪</t></r>"
                 "<rPh sb='0' eb='1'><t>リー</t></rPh><phoneticPr fontId='1'/></si>"),
            "1: 李 雪|ab");
}

TEST(ReadTable, RowsAndCellsWithoutAPlaceFollowEachOther) {
  EXPECT_EQ(rows("<row><c t='str'><v>a</v></c><c t='str'><v>b</v></c></row>"
                 "<row r='5'><c r='B5' t='str'><v>c</v></c><c t='str'><v>d</v></c></row>"
                 "<row><c t='str'><v>e</v></c></row>"),
            "1: a|b; 5: |c|d; 6: e");
}

TEST(ReadTable, EmptyRowsAndFormattedEmptyCellsAreNothing) {
  EXPECT_EQ(rows("<row r='1' ht='30'/><row r='2'><c r='A2' s='3'/><c r='B2' t='str'><v></v></c>"
                 "</row><row r='1048576'><c r='A1048576' s='1'/><c r='XFD1048576' s='1'/></row>"),
            "");
}

TEST(ReadTable, OfMergedCellsTheFirstHasTheText) {
  EXPECT_EQ(rows("<row><c t='str'><v>a</v></c><c s='1'/><c t='str'><v>c</v></c></row>", {},
                 "<mergeCells count='1'><mergeCell ref='A1:B1'/></mergeCells>"),
            "1: a||c");
}

TEST(ReadTable, TakesTheFirstSheetThatIsSeen) {
  auto parts = workbook_parts("<row><c t='str'><v>first</v></c></row>");
  parts[1] = {"xl/workbook.xml",
              "<workbook" + kMainSpace +
                  "><sheets><sheet name='h' state='hidden' r:id='rId3'/>"
                  "<sheet name='v' state='veryHidden' r:id='rId3'/>"
                  "<sheet name='chart' r:id='rId2'/><sheet name='员工' r:id='rId1'/>"
                  "<sheet name='z' r:id='rId3'/></sheets></workbook>"};
  parts[2] = {"xl/_rels/workbook.xml.rels",
              relationships_of({{"worksheet", "worksheets/../worksheets/sheet1.xml"},
                                {"chartsheet", "chartsheets/sheet1.xml"},
                                {"worksheet", "worksheets/sheet2.xml"}})};
  const SheetTable table = read(zip_of(parts));
  EXPECT_EQ(table.sheet, "员工");
  EXPECT_EQ(shown(table), "1: first");
  EXPECT_EQ(table.other_sheets, (std::vector<std::string>{"h", "v", "chart", "z"}));
}

TEST(ReadTable, RefusesFormulasByTheirCell) {
  EXPECT_EQ(refused("<row r='2'><c r='B2'><f>HYPERLINK(\"http://x\")</f><v>1</v></c></row>"),
            "spreadsheet.formula: B2");
  EXPECT_EQ(refused("<row><c/><c><f t='shared' si='0'/><v>1</v></c></row>"),
            "spreadsheet.formula: B1");
}

TEST(ReadTable, RefusesWhatIsOutOfOrderOrBeyondATable) {
  const char* const kBad[] = {
      "<row r='2'/><row r='1'/>",
      "<row r='1'/><row r='1'/>",
      "<row r='1048577'/>",
      "<row r='99999999999999999999'/>",
      "<row r='0'/>",
      "<row r='x'/>",
      "<row r='1048576'/><row/>",
      "<row r='1'><c r='B1'/><c r='A1'/></row>",
      "<row r='1'><c r='A1'/><c r='A1'/></row>",
      "<row r='1'><c r='A2'/></row>",
      "<row r='1'><c r='ZZZ1'/></row>",
      "<row><c t='s'><v>0</v></c></row>",
      "<row><c t='s'><v>-1</v></c></row>",
      "<row><c t='s'><v>4294967296</v></c></row>",
      "<row><c t='x'><v>0</v></c></row>",
      "<row><c><v>ten</v></c></row>",
  };
  for (const char* xml : kBad)
    EXPECT_TRUE(refused(xml).starts_with("spreadsheet.damaged")) << xml << refused(xml);
}

TEST(ReadTable, RefusesMoreThanIsAskedFor) {
  const std::string row = "<row><c t='str'><v>abc</v></c><c t='str'><v>d</v></c></row>";
  ReadSheetRequest limits;
  limits.rows_max = 2;
  EXPECT_EQ(refused(row + row, limits), "");
  EXPECT_EQ(refused(row + row + row, limits), "spreadsheet.too_many_rows: 2");
  limits = {};
  limits.columns_max = 1;
  EXPECT_EQ(refused(row, limits), "spreadsheet.too_many_columns: 1");
  limits = {};
  limits.text_size_max = 3;
  EXPECT_EQ(refused(row, limits), "spreadsheet.too_much_text: 3");
  const std::string long_text(kSheetTextLengthMax + 1, 'x');
  EXPECT_EQ(refused("<row><c t='str'><v>" + long_text + "</v></c></row>"),
            "spreadsheet.cell_too_long: A1");
}

// One long shared text, named many times: small in the file, large as a table.
TEST(ReadTable, SharedTextsCountEveryTimeTheyAreUsed) {
  std::string xml;
  for (int i = 0; i < 1'000; ++i) xml += "<row><c t='s'><v>0</v></c></row>";
  const std::string strings = "<si><t>" + std::string(20'000, 'x') + "</t></si>";
  EXPECT_EQ(refusal([&] { read(workbook_of(xml, strings)); }),
            "spreadsheet.too_much_text: 16000000");
}

TEST(ReadTable, RefusesADocumentTypeInEveryPart) {
  for (std::size_t i = 0; i < 5; ++i) {
    auto parts = workbook_parts("<row><c t='str'><v>a</v></c></row>");
    parts[i] = {parts[i].name, "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"};
    EXPECT_EQ(refusal([&] { read(zip_of(parts)); }),
              "spreadsheet.unsafe: a document type declaration")
        << parts[i].name;
  }
}

TEST(ReadTable, RefusesReferencesThatLeadOut) {
  auto parts = workbook_parts("");
  parts[2] = {parts[2].name, relationships_of({{"worksheet", "../../etc/passwd"}})};
  EXPECT_EQ(refusal([&] { read(zip_of(parts)); }),
            "spreadsheet.unsafe: a reference that leads out of the file");
}

TEST(ReadTable, OtherDocumentsAreToldApart) {
  EXPECT_EQ(refusal([] { read(zip_of({Part("a.txt", "x")})); }), "spreadsheet.not_xlsx");
  auto parts = workbook_parts("");
  parts[1] = {"xl/workbook.xml", "<w:document xmlns:w='http://x'/>"};
  EXPECT_EQ(refusal([&] { read(zip_of(parts)); }), "spreadsheet.not_xlsx");
  parts = workbook_parts("");
  parts.pop_back();
  EXPECT_EQ(refusal([&] { read(zip_of(parts)); }), "spreadsheet.damaged: a part is missing");
}

TEST(ReadTable, RowsOfOtherNamespacesAndPlacesAreNoRows) {
  EXPECT_EQ(rows("<x:row xmlns:x='http://x'><x:c t='str'><x:v>a</x:v></x:c></x:row>", {},
                 "<extLst><ext><row><c t='str'><v>b</v></c></row></ext></extLst>"),
            "");
}

}  // namespace
}  // namespace cinnabar::xlsx
