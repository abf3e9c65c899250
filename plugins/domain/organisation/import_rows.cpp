#include "import_rows.hpp"

#include "identity.hpp"

#include <cinnabar/json.hpp>
#include <cinnabar/text.hpp>

#include <algorithm>
#include <optional>

namespace cinnabar {
namespace {

constexpr std::size_t kNameLengthMax = 100;  // characters, as everywhere for a person
// Of one cell that is given back: more than a good one has.
constexpr std::size_t kGivenSizeMax = 1'000;
// Nobody has more roles.
constexpr std::size_t kRolesMax = 50;
constexpr std::size_t kChineseMobileSize = 11;

struct Heading {
  std::optional<ImportColumn> column;  // none: ours, and of no meaning
  std::string_view words[6];
};
// The last two stand in the file that names the bad rows, which is put right and imported again.
constexpr Heading kHeadings[] = {
    {ImportColumn::name, {"姓名", "员工姓名", "name", "full name"}},
    {ImportColumn::mobile, {"手机号", "手机号码", "手机", "mobile", "mobile number", "phone"}},
    {ImportColumn::roles, {"角色", "role", "roles"}},
    {ImportColumn::department, {"部门", "所属部门", "department"}},
    {std::nullopt, {"行号", "row"}},
    {std::nullopt, {"原因", "reason"}}};
constexpr std::size_t kColumns = 4;

// As a heading is compared: without the mark of a required column, capitals made small.
std::string plain_heading(std::string_view cell) {
  std::string text = trimmed(cell);
  while (text.starts_with('*')) text = trimmed(text.substr(1));
  while (text.ends_with('*')) text = trimmed(text.substr(0, text.size() - 1));
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

const Heading* heading_of(std::string_view cell) {
  const std::string text = plain_heading(cell);
  for (const Heading& heading : kHeadings)
    if (std::find(std::begin(heading.words), std::end(heading.words), text) !=
        std::end(heading.words))
      return &heading;
  return nullptr;
}

// Where each column stands; `missing` if it does not.
using Places = std::array<std::size_t, kColumns>;
constexpr std::size_t kMissing = SIZE_MAX;

Places places_of(const SheetRow& heading) {
  Places places;
  places.fill(kMissing);
  std::string unknown;
  for (std::size_t i = 0; i < heading.cells.size(); ++i) {
    const std::string text = trimmed(heading.cells[i]);
    if (text.empty()) continue;
    const Heading* found = heading_of(text);
    if (!found) {
      unknown += (unknown.empty() ? "" : ", ") + shortened_text(text, 60);
    } else if (found->column) {
      std::size_t& place = places[static_cast<std::size_t>(*found->column)];
      if (place != kMissing) throw Error("organisation.import_column_twice", {{"column", text}});
      place = i;
    }
  }
  const std::string row = std::to_string(heading.number);
  for (const ImportColumn column : {ImportColumn::name, ImportColumn::mobile})
    if (places[static_cast<std::size_t>(column)] == kMissing)
      throw Error("organisation.import_column_missing",
                  {{"column", column == ImportColumn::name ? "姓名 / Name" : "手机号 / Mobile"},
                   {"row", row}});
  if (!unknown.empty()) throw Error("organisation.import_column_unknown", {{"columns", unknown}});
  return places;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// The parts of a text between any of the separators, without blanks around them, each once.
std::vector<std::string> split(std::string_view text,
                               std::initializer_list<std::string_view> separators) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  const auto take = [&](std::size_t end) {
    std::string part = trimmed(text.substr(from, end - from));
    if (!part.empty()) parts.push_back(std::move(part));
  };
  for (std::size_t at = 0; at < text.size();) {
    std::size_t size = 0;
    for (const std::string_view separator : separators)
      if (text.substr(at).starts_with(separator)) size = separator.size();
    if (size > 0) {
      take(at);
      from = at + size;
    }
    at += std::max<std::size_t>(size, 1);
  }
  take(text.size());
  return parts;
}

// One spelling, or nothing. People write blanks and hyphens between the digits. Without a country
// it is a Chinese number: a digit too few is the commonest mistake of all.
std::optional<std::string> mobile_of(const std::string& given) {
  std::string digits;
  for (const char c : given)
    if (c != ' ' && c != '-') digits += c;
  if (!detail::fits_format("mobile", digits)) return std::nullopt;
  const std::string mobile = normal_mobile(digits);
  const bool chinese = mobile.size() == kChineseMobileSize && mobile[0] == '1' && mobile[1] >= '3';
  return chinese || mobile.starts_with('+') ? std::optional(mobile) : std::nullopt;
}

// Reads one row after the other and remembers the numbers that were seen.
class RowCheck {
 public:
  RowCheck(const Places& places, const ImportScope& scope) : places_(places), scope_(scope) {}

  void add(const SheetRow& row, CheckedRows& out) {
    std::array<std::string, kColumns> cells;
    bool blank = true;
    for (std::size_t i = 0; i < kColumns; ++i) {
      if (places_[i] < row.cells.size()) cells[i] = trimmed(row.cells[places_[i]]);
      blank = blank && cells[i].empty();
    }
    if (blank) return;
    faults_.clear();
    ImportedEmployee employee;
    employee.row = row.number;
    employee.name = name(cells[0]);
    employee.mobile = mobile(cells[1], row.number);
    employee.roles = roles(cells[2]);
    employee.department = department(cells[3]);
    if (faults_.empty()) {
      out.good.push_back(std::move(employee));
    } else {
      for (std::string& cell : cells) cell = shortened_text(cell, kGivenSizeMax);
      out.bad.push_back({row.number, std::move(cells[0]), std::move(cells[1]),
                         std::move(cells[2]), std::move(cells[3]), std::move(faults_)});
    }
  }

 private:
  void fault(ImportColumn column, std::string code,
             std::map<std::string, std::string> params = {}) {
    faults_.push_back({column, std::move(code), std::move(params)});
  }
  std::string name(const std::string& cell) {
    if (cell.empty()) fault(ImportColumn::name, "name_blank");
    else if (characters(cell) > kNameLengthMax)
      fault(ImportColumn::name, "name_too_long", {{"max", std::to_string(kNameLengthMax)}});
    else if (!detail::fits_format("line", cell)) fault(ImportColumn::name, "name_invalid");
    return cell;
  }
  std::string mobile(const std::string& cell, std::int64_t row) {
    const auto mobile = mobile_of(cell);
    if (!mobile) {
      fault(ImportColumn::mobile, cell.empty() ? "mobile_blank" : "mobile_invalid");
      return {};
    }
    const auto [first, is_new] = seen_.emplace(*mobile, row);
    if (!is_new)
      fault(ImportColumn::mobile, "mobile_twice", {{"row", std::to_string(first->second)}});
    return *mobile;
  }
  std::vector<std::string> roles(const std::string& cell) {
    std::vector<std::string> known;
    for (std::string& role : split(cell, {"、", ",", "，", ";", "；", "\n"})) {
      if (known.size() >= kRolesMax) {
        fault(ImportColumn::roles, "roles_too_many", {{"max", std::to_string(kRolesMax)}});
        break;
      }
      if (scope_.roles.count(role) == 0) {
        fault(ImportColumn::roles, "role_unknown", {{"role", shortened_text(role, 120)}});
        break;
      }
      if (std::find(known.begin(), known.end(), role) == known.end())
        known.push_back(std::move(role));
    }
    return known;
  }
  std::string department(const std::string& cell) {
    std::string path;
    for (const std::string& name : split(cell, {"/", "／"}))
      path += (path.empty() ? "" : "/") + name;
    if (!path.empty() && scope_.departments.count(path) == 0)
      fault(ImportColumn::department, "department_unknown",
            {{"department", shortened_text(path, 300)}});
    return path;
  }

  const Places& places_;
  const ImportScope& scope_;
  std::map<std::string, std::int64_t> seen_;  // mobile numbers, and the row of each
  std::vector<ImportFault> faults_;
};

}  // namespace

CheckedRows check_rows(const SheetTable& table, const ImportScope& scope) {
  if (table.rows.empty()) throw Error("organisation.import_empty");
  const Places places = places_of(table.rows.front());
  RowCheck check(places, scope);
  CheckedRows out;
  for (std::size_t i = 1; i < table.rows.size(); ++i) check.add(table.rows[i], out);
  if (out.good.empty() && out.bad.empty()) throw Error("organisation.import_empty");
  return out;
}

BadRow bad_row(const ImportedEmployee& employee, ImportFault fault) {
  BadRow row;
  row.row = employee.row;
  row.name = employee.name;
  row.mobile = employee.mobile;
  for (const std::string& role : employee.roles) row.roles += (row.roles.empty() ? "" : "、") + role;
  row.department = employee.department;
  row.faults.push_back(std::move(fault));
  return row;
}

}  // namespace cinnabar
