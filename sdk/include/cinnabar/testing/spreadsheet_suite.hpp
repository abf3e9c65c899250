// What every spreadsheet implementation must do, as a test that its author runs (GoogleTest):
//
//   TEST(Mine, KeepsTheContract) {
//     Mine mine;
//     testing::check_spreadsheet(mine);
//   }
//
// Everything goes through the boundary, as in the kernel. One thread.
#pragma once

#include <cinnabar/services/spreadsheet.hpp>
#include <cinnabar/testing/local_service.hpp>

#include <gtest/gtest.h>

namespace cinnabar::testing {

namespace detail {

// The code of the refusal; empty: it was read.
inline std::string sheet_refusal(const LocalService<Spreadsheet>& service,
                                 const ReadSheetRequest& request) {
  try {
    service->read(request);
    return {};
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), CINNABAR_REFUSED) << error.what() << ": what callers send is theirs";
    return error.code();
  }
}

inline ReadSheetRequest reading(const std::string& file) {
  ReadSheetRequest request;
  request.file = Bytes::borrowed(file);
  return request;
}

}  // namespace detail

inline void check_spreadsheet(Spreadsheet& implementation) {
  const LocalService<Spreadsheet> service(implementation);
  WriteSheetRequest table;
  table.sheet = "员工";
  table.widths = {16, 18};
  table.lines = {{{"姓名", "手机号"}}, {{"李 & <雪>", "013800138000"}}, {}, {{"", "=1+1", " \n "}}};
  const std::string file = service->write(table).file.text();

  // What is written is read again, by row and column; a text stays one, whatever it looks like.
  const SheetTable read = service->read(detail::reading(file));
  ASSERT_EQ(read.rows.size(), 3u);
  EXPECT_EQ(read.sheet, table.sheet);
  EXPECT_EQ(read.rows[0].number, 1);
  EXPECT_EQ(read.rows[1].cells, table.lines[1].cells);
  EXPECT_EQ(read.rows[2].number, 4) << "an empty row is left out, and counts";
  EXPECT_EQ(read.rows[2].cells, table.lines[3].cells);
  EXPECT_EQ(service->write(table).file.text(), file) << "the same table has the same bytes";

  // More than is asked for is refused, not cut off.
  ReadSheetRequest few = detail::reading(file);
  few.rows_max = 2;
  EXPECT_EQ(detail::sheet_refusal(service, few), "spreadsheet.too_many_rows");
  few = detail::reading(file);
  few.columns_max = 2;
  EXPECT_EQ(detail::sheet_refusal(service, few), "spreadsheet.too_many_columns");
  few = detail::reading(file);
  few.text_size_max = 20;
  EXPECT_EQ(detail::sheet_refusal(service, few), "spreadsheet.too_much_text");

  // What is no whole workbook is refused with a code of this interface.
  EXPECT_TRUE(detail::sheet_refusal(service, detail::reading("")).starts_with("spreadsheet."));
  for (std::size_t size = 1; size < file.size(); size += 1 + size / 50)
    EXPECT_TRUE(detail::sheet_refusal(service, detail::reading(file.substr(0, size)))
                    .starts_with("spreadsheet."))
        << size << " bytes of " << file.size();
  table.sheet = "a/b";
  EXPECT_THROW(service->write(table), Error);
}

}  // namespace cinnabar::testing
