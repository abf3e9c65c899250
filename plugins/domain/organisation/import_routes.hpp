// ImportRoutes: the routes and the job of importing employees, as a part of the plugin's own class,
// which derives from it. As its base: owned by the kernel, any thread.
#pragma once

#include "import_work.hpp"

#include <cinnabar/domain_plugin.hpp>

namespace cinnabar {

struct ImportFaultView {
  std::int64_t row = 0;
  ImportColumn column = ImportColumn::name;
  std::string code;
  std::string message;
};
CINNABAR_DESCRIBE(ImportFaultView, (row, doc("As the spreadsheet program shows it.")), column, code,
                  (message, doc("In the language of the request.")))

struct ImportView {
  std::string id;
  ImportState state = ImportState::running;
  std::string sheet;
  std::int64_t total = 0;
  std::int64_t read = 0;
  std::int64_t added = 0;
  std::int64_t failed = 0;
  Time created;
  std::optional<Time> ended;
  std::vector<ImportFaultView> faults;
};
CINNABAR_DESCRIBE(ImportView, id, state, (sheet, doc("The sheet that was read.")),
                  (total, doc("Rows that say anything.")),
                  (read, doc("Rows that were added or found bad so far.")), added, failed, created,
                  ended, (faults, doc("The first ones; the file of faults has them all.")))

class ImportRoutes : public DomainPlugin {
 protected:
  explicit ImportRoutes(Host& host);

 private:
  Answer<ImportView> begin_import(const Request& request);
  Answer<ImportView> read_import(const Request& request);
  Answer<ImportView> cancel_import(const Request& request);
  FileAnswer import_faults(const Request& request);
  FileAnswer import_template(const Request& request);
  WriteSet import_step(const JobCall& job, const Call& call);
};

}  // namespace cinnabar
