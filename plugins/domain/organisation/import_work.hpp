// Imports: an import's rows from its beginning to its end. What was read is kept in parts of
// bounded size; each step adds one part's employees, and its write-set commits them together with
// the progress, so that none is added twice however often a step is computed or the server killed.
// Values of one call; not shared between threads.
#pragma once

#include "import_adding.hpp"

#include <cinnabar/store.hpp>

namespace cinnabar {

enum class ImportState { running, done, cancelled };
CINNABAR_ENUM(ImportState, running, done, cancelled)

struct ImportRow {
  std::string id;
  std::string owner;  // the enterprise
  std::string slot;   // the enterprise while it runs, its own id afterwards
  ImportState state = ImportState::running;
  std::string person;  // who imports
  std::string sheet;
  std::int64_t total = 0;  // rows that say anything
  std::int64_t done = 0;   // of these, added or found bad
  std::int64_t added = 0;
  std::int64_t failed = 0;
  Time created;
  Time ended;  // 0: it runs
  std::int64_t version = 1;
};
CINNABAR_DESCRIBE(ImportRow, id, owner, slot, state, person, sheet, total, done, added, failed,
                  created, ended, version)
inline constexpr Table<ImportRow> kImports{"organisation_import"};

enum class PartKind { employees, faults };
CINNABAR_ENUM(PartKind, employees, faults)

struct ImportPartRow {
  std::string import_id;
  std::string owner;
  PartKind kind = PartKind::employees;
  std::int64_t number = 0;
  Json content;  // a list of ImportedEmployee, or of BadRow
};
CINNABAR_DESCRIBE(ImportPartRow, import_id, owner, kind, number, content)
inline constexpr Table<ImportPartRow> kImportParts{"organisation_import_part"};

inline constexpr const char* kImportJob = "employee_import";

class Imports {
 public:
  Imports(const Host& host, const Call& call, const std::string& enterprise)
      : host_(host), call_(call), store_(host, call, enterprise) {}

  // Keeps what was read and asks for the job that adds it. Throws "organisation.import_running"
  // while another import of the enterprise runs.
  ImportRow begin(const CheckedRows& rows, const std::string& sheet, const std::string& person,
                  WriteSet& writes) const;
  // One step of the job: adds some, and asks for the next step when there are more.
  void step(const std::string& id, WriteSet& writes) const;
  // Stops it; who was added stays. Throws "organisation.import_not_running".
  ImportRow cancel(const std::string& id, WriteSet& writes) const;

  // Throws "organisation.import_not_found".
  ImportRow find(const std::string& id) const;
  // By their row, as many as so many parts hold.
  std::vector<BadRow> bad_rows(const std::string& id, std::int64_t parts_max) const;

 private:
  void forget_old(WriteSet& writes) const;
  void add_faults(const std::string& id, std::int64_t number, const std::vector<BadRow>& rows,
                  WriteSet& writes) const;
  void update(ImportRow& row, WriteSet& writes) const;

  const Host& host_;
  const Call& call_;
  Store store_;
};

}  // namespace cinnabar
