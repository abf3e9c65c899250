#include "import_rows.hpp"

#include "import_texts.hpp"

#include <cinnabar/error.hpp>

#include <gtest/gtest.h>

namespace cinnabar {
namespace {

const ImportScope kScope{{"业务员", "合同管理员", "Sales"}, {"销售部", "销售部/华东", "R&D"}};

SheetTable table_of(std::vector<std::vector<std::string>> rows) {
  SheetTable table;
  std::int64_t number = 0;
  for (auto& cells : rows) {
    ++number;
    if (!cells.empty()) table.rows.push_back({number, std::move(cells)});
  }
  return table;
}

// One row under the usual heading: its faults as "column:code", or what it became.
std::string judged(std::vector<std::string> cells) {
  const CheckedRows rows =
      check_rows(table_of({{"姓名", "手机号", "角色", "部门"}, std::move(cells)}), kScope);
  std::string out;
  for (const ImportedEmployee& employee : rows.good) {
    out += employee.name + "|" + employee.mobile + "|";
    for (const std::string& role : employee.roles) out += role + "+";
    out += "|" + employee.department;
  }
  for (const BadRow& row : rows.bad)
    for (const ImportFault& fault : row.faults)
      out += (out.empty() ? "" : " ") + to_json(fault.column) + ":" + fault.code;
  return out;
}

std::string refusal(std::vector<std::vector<std::string>> rows) {
  try {
    check_rows(table_of(std::move(rows)), kScope);
    return {};
  } catch (const Error& error) {
    return error.code() + (error.params().empty() ? "" : " " + error.params()[0].second);
  }
}

TEST(ImportRows, AGoodRowIsAnEmployee) {
  const struct {
    std::vector<std::string> cells;
    const char* becomes;
  } cases[] = {
      {{"李雪", "13800138000"}, "李雪|13800138000||"},
      {{" 李雪\u3000", "+86 138-0013-8000", "", ""}, "李雪|13800138000||"},
      {{"李雪", "8613800138000"}, "李雪|13800138000||"},
      {{"Ann", "+447911123456"}, "Ann|+447911123456||"},
      {{"李雪", "13800138000", "业务员、合同管理员", "销售部"},
       "李雪|13800138000|业务员+合同管理员+|销售部"},
      {{"李雪", "13800138000", "业务员, Sales；业务员", " 销售部 / 华东/"},
       "李雪|13800138000|业务员+Sales+|销售部/华东"},
      {{"李雪", "13800138000", "、 ,", "/"}, "李雪|13800138000||"},
  };
  for (const auto& one : cases) EXPECT_EQ(judged(one.cells), one.becomes);
}

TEST(ImportRows, ABadRowIsToldByColumnAndReason) {
  std::string long_name;
  for (int i = 0; i < 101; ++i) long_name += "雪";
  const struct {
    std::vector<std::string> cells;
    const char* faults;
  } cases[] = {
      {{"", "13800138000"}, "\"name\":name_blank"},
      {{"\u3000", "13800138000"}, "\"name\":name_blank"},
      {{long_name, "13800138000"}, "\"name\":name_too_long"},
      {{"李\n雪", "13800138000"}, "\"name\":name_invalid"},
      {{"李雪", ""}, "\"mobile\":mobile_blank"},
      {{"李雪"}, "\"mobile\":mobile_blank"},
      {{"李雪", "1380013800"}, "\"mobile\":mobile_invalid"},
      {{"李雪", "138001380000"}, "\"mobile\":mobile_invalid"},
      {{"李雪", "12800138000"}, "\"mobile\":mobile_invalid"},
      {{"李雪", "1.38E+10"}, "\"mobile\":mobile_invalid"},
      {{"李雪", "phone"}, "\"mobile\":mobile_invalid"},
      {{"李雪", "13800138000", "业务员、经理"}, "\"roles\":role_unknown"},
      {{"李雪", "13800138000", "", "华东"}, "\"department\":department_unknown"},
      {{"", "1", "x", "y"},
       "\"name\":name_blank \"mobile\":mobile_invalid \"roles\":role_unknown "
       "\"department\":department_unknown"},
  };
  for (const auto& one : cases) EXPECT_EQ(judged(one.cells), one.faults);
}

TEST(ImportRows, ANumberThatComesTwiceIsABadRowNamedByTheFirst) {
  const CheckedRows rows = check_rows(table_of({{"姓名", "手机号"},
                                                {"李雪", "13800138000"},
                                                {},
                                                {"王五", "+8613800138000"},
                                                {"赵六", "13900139000"}}),
                                      kScope);
  ASSERT_EQ(rows.good.size(), 2u);
  ASSERT_EQ(rows.bad.size(), 1u);
  EXPECT_EQ(rows.bad[0].row, 4);
  EXPECT_EQ(rows.bad[0].name, "王五");
  EXPECT_EQ(rows.bad[0].mobile, "+8613800138000");
  EXPECT_EQ(fault_text(rows.bad[0].faults[0], "en"),
            "Row 2 has the same mobile number. Keep one of the two.");
  EXPECT_EQ(fault_text(rows.bad[0].faults[0], "zh-CN"), "与第 2 行的手机号重复，请只保留一行。");
}

TEST(ImportRows, ColumnsAreKnownInBothLanguagesAndAnyOrder) {
  const std::vector<std::vector<std::string>> headings = {
      {"", "Department", "MOBILE ", "* Name", "role"},
      {"行号", "部门", "手机号码*", "员工姓名", "角色", "", "原因"}};
  for (const auto& heading : headings) {
    const CheckedRows rows = check_rows(
        table_of({{}, {}, heading, {"9", "R&D", "13800138000", "李雪", "Sales", "", "bad"}}),
        kScope);
    ASSERT_EQ(rows.good.size(), 1u) << heading[1];
    EXPECT_EQ(rows.good[0].row, 4);
    EXPECT_EQ(rows.good[0].name, "李雪");
    EXPECT_EQ(rows.good[0].roles, std::vector<std::string>{"Sales"});
    EXPECT_EQ(rows.good[0].department, "R&D");
  }
}

TEST(ImportRows, AHeadingThatIsNoneIsRefused) {
  EXPECT_EQ(refusal({}), "organisation.import_empty");
  EXPECT_EQ(refusal({{"姓名", "手机号"}}), "organisation.import_empty");
  EXPECT_EQ(refusal({{"姓名", "手机号"}, {" ", "\u3000"}}), "organisation.import_empty");
  EXPECT_EQ(refusal({{"李雪", "13800138000"}}), "organisation.import_column_missing 姓名 / Name");
  EXPECT_EQ(refusal({{"姓名", "角色"}}), "organisation.import_column_missing 手机号 / Mobile");
  EXPECT_EQ(refusal({{"姓名", "手机号", "工号", "E-mail"}}),
            "organisation.import_column_unknown 工号, E-mail");
  EXPECT_EQ(refusal({{"姓名", "手机号", "mobile"}}), "organisation.import_column_twice mobile");
}

TEST(ImportRows, EveryFaultHasWordsInBothLanguages) {
  for (const char* code :
       {"name_blank", "name_too_long", "name_invalid", "mobile_blank", "mobile_invalid",
        "mobile_twice", "roles_too_many", "role_unknown", "department_unknown", "name_differs",
        "already_employee", "refused_by_script"}) {
    const ImportFault fault{ImportColumn::name,
                            code,
                            {{"max", "1"}, {"row", "2"}, {"role", "r"}, {"department", "d"},
                             {"text", "t"}}};
    const std::string en = fault_text(fault, "en"), zh = fault_text(fault, "zh");
    EXPECT_NE(en, code);
    EXPECT_NE(en, zh);
    EXPECT_EQ(en.find('{'), std::string::npos) << en;
    EXPECT_EQ(zh.find('{'), std::string::npos) << zh;
  }
}

}  // namespace
}  // namespace cinnabar
