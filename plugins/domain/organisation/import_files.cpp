#include "import_files.hpp"

#include "import_texts.hpp"

namespace cinnabar {
namespace {

constexpr ImportColumn kColumns[] = {ImportColumn::name, ImportColumn::mobile, ImportColumn::roles,
                                     ImportColumn::department};
constexpr std::int64_t kWidths[] = {16, 18, 28, 36};
constexpr std::int64_t kRowWidth = 8, kReasonWidth = 80;

// Ours have few columns; whoever brings another table may hear that it is another one.
constexpr std::int64_t kImportColumnsMax = 50;
constexpr std::int64_t kImportTextSizeMax = 8'000'000;

bool brought_reader_down(const std::string& code) {
  return code == "worker.crashed" || code == "worker.timeout" || code == "worker.memory";
}

WriteSheetRequest heading_only(std::string_view locale) {
  WriteSheetRequest request;
  request.sheet = locale.starts_with("zh") ? "员工" : "Employees";
  request.widths.assign(std::begin(kWidths), std::end(kWidths));
  SheetLine& heading = request.lines.emplace_back();
  for (const ImportColumn column : kColumns) heading.cells.push_back(heading_text(column, locale));
  return request;
}

FileAnswer file_of(const Host& host, const Call& call, const WriteSheetRequest& request,
                   std::string name) {
  FileAnswer answer;
  answer.content_type = kXlsxType;
  answer.filename = std::move(name);
  answer.content = host.service<Spreadsheet>(call).write(request).file.text();
  return answer;
}

}  // namespace

SheetTable read_employee_file(const Host& host, const Call& call, const Bytes& file) {
  ReadSheetRequest request;
  request.file = file;
  request.rows_max = kImportRowsMax + 1;  // with the heading
  request.columns_max = kImportColumnsMax;
  request.text_size_max = kImportTextSizeMax;
  try {
    return host.service<Spreadsheet>(call).read(request);
  } catch (const Error& error) {
    if (!brought_reader_down(error.code())) throw;
    host.log(Level::warning, "a file of employees brought its reader down: " + error.code());
    throw Error("organisation.import_unreadable");
  }
}

FileAnswer employee_template(const Host& host, const Call& call) {
  return file_of(host, call, heading_only(call.locale()), "import-template.xlsx");
}

FileAnswer bad_rows_file(const Host& host, const Call& call, const std::vector<BadRow>& rows) {
  const std::string locale(call.locale());
  WriteSheetRequest request = heading_only(locale);
  request.lines[0].cells.push_back(row_heading(locale));
  request.lines[0].cells.push_back(reason_heading(locale));
  request.widths.push_back(kRowWidth);
  request.widths.push_back(kReasonWidth);
  for (const BadRow& row : rows) {
    std::string reasons;
    for (const ImportFault& fault : row.faults)
      reasons += (reasons.empty() ? "" : " ") + fault_text(fault, locale);
    request.lines.push_back({{row.name, row.mobile, row.roles, row.department,
                              std::to_string(row.row), std::move(reasons)}});
  }
  return file_of(host, call, request, "faults.xlsx");
}

}  // namespace cinnabar
