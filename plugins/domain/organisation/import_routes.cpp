#include "import_routes.hpp"

#include "import_files.hpp"
#include "import_texts.hpp"

namespace cinnabar {
namespace {

constexpr const char* kMay = "employee.manage";
// What one look at the progress shows; a table of which more is wrong is best looked at as one.
constexpr std::size_t kFaultsShown = 1'000;
constexpr std::int64_t kPartsShown = 3;
constexpr std::int64_t kPartsMax = 10'000;

ImportView view_of(const ImportRow& row, const std::vector<BadRow>& bad, std::string_view locale) {
  ImportView view{row.id,     row.state,  row.sheet, row.total, row.done, row.added,
                  row.failed, row.created, {},       {}};
  if (row.ended.ms > 0) view.ended = row.ended;
  for (const BadRow& one : bad)
    for (const ImportFault& fault : one.faults)
      if (view.faults.size() < kFaultsShown)
        view.faults.push_back({one.row, fault.column, fault.code, fault_text(fault, locale)});
  return view;
}

}  // namespace

ImportRoutes::ImportRoutes(Host& host) : DomainPlugin(host) {
  using Self = ImportRoutes;
  const std::string imports = "/enterprises/{enterprise}/employee-imports";
  route("POST", imports, "enterprise.import_employees", this, &Self::begin_import)
      .summary("Imports employees from a spreadsheet", "从表格导入员工")
      .of("enterprise").may(kMay).upload({kXlsxType}, kImportSizeMax).in_body_up_to(kImportSizeMax)
      .idempotent().audited().status(202);
  route("GET", imports + "/{import}", "enterprise.employee_import", this, &Self::read_import)
      .summary("How far an import of employees is, and what is wrong", "查看员工导入进度和问题")
      .of("enterprise").may(kMay);
  route("DELETE", imports + "/{import}", "enterprise.cancel_import", this, &Self::cancel_import)
      .summary("Stops an import of employees; who was added stays", "停止员工导入，已导入的保留")
      .of("enterprise").may(kMay).audited();
  route("GET", imports + "/{import}/faults.xlsx", "enterprise.import_faults", this,
        &Self::import_faults)
      .summary("The rows that were not imported, with the reasons", "下载未导入的行及原因")
      .of("enterprise").may(kMay).produces(kXlsxType);
  route("GET", "/enterprises/{enterprise}/employees/import-template.xlsx",
        "enterprise.import_template", this, &Self::import_template)
      .summary("The table to fill in for an import of employees", "下载员工导入模板")
      .of("enterprise").may(kMay).produces(kXlsxType);
  job(kImportJob, this, &Self::import_step);
}

Answer<ImportView> ImportRoutes::begin_import(const Request& request) {
  const std::string& enterprise = request.param("enterprise");
  const HttpCall& http = request.http;
  const SheetTable table = read_employee_file(
      host(), request.call, http.upload.empty() ? http.body : Bytes(host().blob_read(http.upload)));
  const CheckedRows rows = check_rows(table, import_scope(host(), request.call, enterprise));
  Answer<ImportView> answer;
  const ImportRow row = Imports(host(), request.call, enterprise)
                            .begin(rows, table.sheet, request.subject().person, answer.writes);
  answer.body = view_of(row, rows.bad, request.call.locale());
  answer.location = "/api/v1/enterprises/" + enterprise + "/employee-imports/" + row.id;
  return answer;
}

Answer<ImportView> ImportRoutes::read_import(const Request& request) {
  const Imports imports(host(), request.call, request.param("enterprise"));
  const ImportRow row = imports.find(request.param("import"));
  Answer<ImportView> answer;
  answer.body = view_of(row, imports.bad_rows(row.id, kPartsShown), request.call.locale());
  return answer;
}

Answer<ImportView> ImportRoutes::cancel_import(const Request& request) {
  const Imports imports(host(), request.call, request.param("enterprise"));
  Answer<ImportView> answer;
  const ImportRow row = imports.cancel(request.param("import"), answer.writes);
  answer.body = view_of(row, imports.bad_rows(row.id, kPartsShown), request.call.locale());
  return answer;
}

FileAnswer ImportRoutes::import_faults(const Request& request) {
  const Imports imports(host(), request.call, request.param("enterprise"));
  const ImportRow row = imports.find(request.param("import"));
  return bad_rows_file(host(), request.call, imports.bad_rows(row.id, kPartsMax));
}

FileAnswer ImportRoutes::import_template(const Request& request) {
  return employee_template(host(), request.call);
}

WriteSet ImportRoutes::import_step(const JobCall& job, const Call& call) {
  WriteSet writes;
  Imports(host(), call, job.owner).step(job.data["import"].text(), writes);
  return writes;
}

}  // namespace cinnabar
