#include "write_table.hpp"

#include "read_table.hpp"
#include "test_files.hpp"

#include <gtest/gtest.h>

namespace cinnabar::xlsx {
namespace {

WriteSheetRequest request_of(std::vector<SheetLine> lines) {
  WriteSheetRequest request;
  request.lines = std::move(lines);
  return request;
}

TEST(WriteTable, WhatIsWrittenIsReadAgain) {
  const WriteSheetRequest request = request_of({{{"姓名", "手机号"}},
                                                {{"<b>&\"'", "013800138000"}},
                                                {},
                                                {{"", "=1+1"}},
                                                {{"a\r\nb\tc", "_x0041_"}},
                                                {{" blanks ", "\x01"}}});
  const std::string file = write_table(request);
  ReadSheetRequest read;
  read.file = Bytes::borrowed(file);
  const SheetTable table = read_table(read);
  EXPECT_EQ(table.sheet, "Sheet1");
  ASSERT_EQ(table.rows.size(), 5u);
  EXPECT_EQ(table.rows[0].cells, request.lines[0].cells);
  EXPECT_EQ(table.rows[1].cells, request.lines[1].cells);
  EXPECT_EQ(table.rows[2].number, 4);
  EXPECT_EQ(table.rows[2].cells, request.lines[3].cells);
  EXPECT_EQ(table.rows[3].cells, request.lines[4].cells);
  EXPECT_EQ(table.rows[4].cells, request.lines[5].cells);
}

TEST(WriteTable, TheSameTableHasTheSameBytes) {
  EXPECT_EQ(write_table(request_of({{{"a"}}})), write_table(request_of({{{"a"}}})));
}

TEST(WriteTable, RefusesWhatNoProgramOpens) {
  WriteSheetRequest request = request_of({{{"a"}}});
  request.sheet = "a/b";
  EXPECT_EQ(refusal([&] { write_table(request); }),
            "spreadsheet.unwritable: a sheet cannot have that name");
  EXPECT_EQ(refusal([] { write_table(request_of({{{"\xFF"}}})); }),
            "spreadsheet.unwritable: a text is not UTF-8");
}

}  // namespace
}  // namespace cinnabar::xlsx
