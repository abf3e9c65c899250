#include "import_texts.hpp"

namespace cinnabar {
namespace {

struct Text {
  std::string_view code, en, zh;
};

constexpr Text kFaults[] = {
    {"name_blank", "The name is missing. Fill it in.", "姓名为空，请填写。"},
    {"name_too_long", "The name has more than {max} characters. Shorten it.",
     "姓名超过 {max} 个字符，请缩短。"},
    {"name_invalid",
     "The name holds a line break or another character that no name has. Remove it.",
     "姓名中含有换行等不可用的字符，请删除。"},
    {"mobile_blank", "The mobile number is missing. Fill it in.", "手机号为空，请填写。"},
    {"mobile_invalid",
     "This is no mobile number: 11 digits, or + and the country. Check that no digit is missing.",
     "手机号不正确：应为 11 位数字，或以 + 和国家代码开头。请核对位数。"},
    {"mobile_twice", "Row {row} has the same mobile number. Keep one of the two.",
     "与第 {row} 行的手机号重复，请只保留一行。"},
    {"roles_too_many", "More than {max} roles. Name fewer.", "角色超过 {max} 个，请减少。"},
    {"role_unknown",
     "There is no role \"{role}\". Write it as in the list of roles, or add it first.",
     "角色“{role}”不存在。请按角色列表填写，或先新建该角色。"},
    {"role_not_yours",
     "The role \"{role}\" allows more than you may do yourself. Ask somebody who has it to give "
     "it.",
     "角色“{role}”的权限超出您自己的权限，请由具有该权限的管理员分配。"},
    {"department_unknown",
     "There is no department \"{department}\". Write its path from the top with / between the "
     "names, or add it first.",
     "部门“{department}”不存在。请从最上级开始填写完整路径（以 / 分隔），或先新建该部门。"},
    {"name_differs",
     "This mobile number belongs to somebody of another name. Check name and number.",
     "该手机号对应的姓名不一致，请核对姓名和手机号。"},
    {"already_employee", "This person belongs to the enterprise already. Remove the row.",
     "该人员已是企业员工，请删除此行。"},
    {"refused_by_script", "The enterprise's own rules refuse it: {text}", "企业规则不允许：{text}"}};

struct Heading {
  std::string_view en, zh;
};
constexpr Heading kHeadings[] = {
    {"Name", "姓名"}, {"Mobile", "手机号"}, {"Roles", "角色"}, {"Department", "部门"}};

std::string_view chosen(std::string_view locale, std::string_view en, std::string_view zh) {
  return locale.starts_with("zh") ? zh : en;
}

}  // namespace

std::string heading_text(ImportColumn column, std::string_view locale) {
  const Heading& heading = kHeadings[static_cast<std::size_t>(column)];
  return std::string(chosen(locale, heading.en, heading.zh));
}

std::string row_heading(std::string_view locale) {
  return std::string(chosen(locale, "Row", "行号"));
}

std::string reason_heading(std::string_view locale) {
  return std::string(chosen(locale, "Reason", "原因"));
}

std::string fault_text(const ImportFault& fault, std::string_view locale) {
  std::string_view text = fault.code;
  for (const Text& known : kFaults)
    if (known.code == fault.code) text = chosen(locale, known.en, known.zh);
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{'), close = text.find('}', std::min(open, text.size()));
    out += text.substr(0, open);
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    const auto param = fault.params.find(std::string(text.substr(open + 1, close - open - 1)));
    if (param != fault.params.end()) out += param->second;
    text.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace cinnabar
