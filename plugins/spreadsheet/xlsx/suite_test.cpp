#include "read_table.hpp"
#include "write_table.hpp"

#include <cinnabar/testing/spreadsheet_suite.hpp>

#include <filesystem>
#include <fstream>

namespace cinnabar::xlsx {
namespace {

class Functions final : public Spreadsheet {
 public:
  SheetTable read(const ReadSheetRequest& request, const Call&) override {
    return read_table(request);
  }
  SheetFile write(const WriteSheetRequest& request, const Call&) override {
    return {Bytes(write_table(request))};
  }
};

SheetTable fixture(const char* name) {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "fixtures" / name,
                     std::ios::binary);
  ReadSheetRequest request;
  request.file = Bytes(std::string(std::istreambuf_iterator<char>(file), {}));
  return read_table(request);
}

TEST(Xlsx, KeepsTheContract) {
  Functions functions;
  testing::check_spreadsheet(functions);
}

// Files as other programs write them; fixtures/make.js says how they came about.
TEST(Xlsx, ReadsWhatExcelJsWrites) {
  const SheetTable table = fixture("exceljs.xlsx");
  EXPECT_EQ(table.sheet, "员工");
  EXPECT_EQ(table.other_sheets, (std::vector<std::string>{"隐藏", "说明"}));
  ASSERT_EQ(table.rows.size(), 4u);
  EXPECT_EQ(table.rows[0].cells, (std::vector<std::string>{"姓名", "手机号", "角色", "部门"}));
  EXPECT_EQ(table.rows[1].cells,
            (std::vector<std::string>{"李雪", "13800138000", "业务员、管理员", "销售部/华东"}));
  EXPECT_EQ(table.rows[2].cells,
            (std::vector<std::string>{"王五", "13900139000", "TRUE", "25569"}));
  EXPECT_EQ(table.rows[3].number, 9);
  EXPECT_EQ(table.rows[3].cells, (std::vector<std::string>{"合并", "13800000000", "link"}));
}

TEST(Xlsx, ReadsWhatLibreOfficeWrites) {
  const SheetTable table = fixture("calc.xlsx");
  EXPECT_EQ(table.sheet, "calc");
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_EQ(table.rows[1].cells, (std::vector<std::string>{"李雪", "13800138000", "业务员"}));
  EXPECT_EQ(table.rows[2].cells,
            (std::vector<std::string>{"王五 <&>", "013900139000", "a, b"}));
}

}  // namespace
}  // namespace cinnabar::xlsx
