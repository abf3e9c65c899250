#include "import_work.hpp"

#include "people.hpp"

#include <algorithm>

namespace cinnabar {
namespace {

// Employees of one commit: few enough that no other commit waits long, enough that the costs of a
// commit are small beside theirs.
constexpr std::size_t kBatchSize = 200;
constexpr std::size_t kFaultsOfPart = 500;
// Parts of faults that were found while adding are numbered from here, behind those that were
// found while reading.
constexpr std::int64_t kFirstAddingPart = 1'000;
// Who imports looks at the result within days; what was wrong holds names and numbers.
constexpr std::int64_t kKeptMs = 30LL * 24 * 3'600'000;
constexpr int kForgottenAtOnce = 100;

template <class T>
Json content_of(const std::vector<T>& items, std::size_t from, std::size_t count) {
  Json content = Json::array();
  for (std::size_t i = from; i < std::min(items.size(), from + count); ++i)
    content.add(from_json<Json>(to_json(items[i])));
  return content;
}

template <class T>
std::vector<T> items_of(const Json& content) {
  std::vector<T> items;
  for (const Json& item : content.items())
    items.push_back(from_json<T>(to_json(item), Reading::lenient));
  return items;
}

JobDraft next_step(const ImportRow& row) {
  return {kImportJob, row.owner, row.id, Time{}, Json::object().set("import", row.id)};
}

void end(ImportRow& row, ImportState state, Time at) {
  row.state = state;
  row.slot = row.id;
  row.ended = at;
}

}  // namespace

ImportRow Imports::begin(const CheckedRows& rows, const std::string& sheet,
                         const std::string& person, WriteSet& writes) const {
  if (const auto other = store_.find(kImports, "slot = ?", {store_.owner()}))
    throw Error("organisation.import_running", {{"import", other->id}});
  forget_old(writes);
  ImportRow row;
  row.id = host_.new_id("imp");
  row.owner = row.slot = store_.owner();
  row.person = person;
  row.sheet = sheet;
  row.total = static_cast<std::int64_t>(rows.good.size() + rows.bad.size());
  row.done = row.failed = static_cast<std::int64_t>(rows.bad.size());
  row.created = host_.now();
  if (rows.good.empty()) end(row, ImportState::done, row.created);
  store_.insert(writes, kImports, row);
  std::int64_t number = 0;
  for (std::size_t at = 0; at < rows.good.size(); at += kBatchSize)
    store_.insert(writes, kImportParts,
                  ImportPartRow{row.id, row.owner, PartKind::employees, number++,
                                content_of(rows.good, at, kBatchSize)});
  add_faults(row.id, 0, rows.bad, writes);
  if (!rows.good.empty()) writes.jobs.push_back(next_step(row));
  return row;
}

void Imports::step(const std::string& id, WriteSet& writes) const {
  const auto found = store_.find(kImports, "id = ?", {id});
  if (!found || found->state != ImportState::running) return;
  ImportRow row = *found;
  const auto parts = store_.list(kImportParts, "import_id = ? AND kind = ? ORDER BY number LIMIT 2",
                                 {id, "employees"});
  if (!parts.empty()) {
    const ImportPartRow& part = parts.front();
    const auto employees = items_of<ImportedEmployee>(part.content);
    const auto bad = add_employees(host_, call_, row.owner, row.person, employees, writes);
    store_.remove(writes, kImportParts, "import_id = ? AND kind = ? AND number = ?",
                  {id, "employees", part.number}, 1);
    add_faults(id, kFirstAddingPart + part.number, bad, writes);
    row.done += static_cast<std::int64_t>(employees.size());
    row.failed += static_cast<std::int64_t>(bad.size());
    row.added += static_cast<std::int64_t>(employees.size() - bad.size());
  }
  if (parts.size() > 1) writes.jobs.push_back(next_step(row));
  else end(row, ImportState::done, host_.now());
  update(row, writes);
}

ImportRow Imports::cancel(const std::string& id, WriteSet& writes) const {
  ImportRow row = find(id);
  if (row.state != ImportState::running)
    throw Error("organisation.import_not_running", {{"import", id}});
  end(row, ImportState::cancelled, host_.now());
  store_.remove(writes, kImportParts, "import_id = ? AND kind = ?", {id, "employees"});
  update(row, writes);
  return row;
}

ImportRow Imports::find(const std::string& id) const {
  auto row = store_.find(kImports, "id = ?", {id});
  if (!row) throw Error("organisation.import_not_found", {{"import", id}});
  return std::move(*row);
}

std::vector<BadRow> Imports::bad_rows(const std::string& id, std::int64_t parts_max) const {
  std::vector<BadRow> rows;
  for (const ImportPartRow& part :
       store_.list(kImportParts, "import_id = ? AND kind = ? ORDER BY number LIMIT ?",
                   {id, "faults", parts_max}))
    for (BadRow& row : items_of<BadRow>(part.content)) rows.push_back(std::move(row));
  std::stable_sort(rows.begin(), rows.end(),
                   [](const BadRow& a, const BadRow& b) { return a.row < b.row; });
  return rows;
}

void Imports::forget_old(WriteSet& writes) const {
  const auto old = store_.list(kImports, "ended > 0 AND ended < ? ORDER BY created LIMIT ?",
                               {host_.now().ms - kKeptMs, kForgottenAtOnce});
  if (old.empty()) return;
  std::vector<Json> ids;
  for (const ImportRow& row : old) ids.push_back(row.id);
  store_.remove(writes, kImportParts, "import_id IN (" + marks(ids.size()) + ")", ids);
  store_.remove(writes, kImports, "id IN (" + marks(ids.size()) + ")", ids);
}

void Imports::add_faults(const std::string& id, std::int64_t number,
                         const std::vector<BadRow>& rows, WriteSet& writes) const {
  for (std::size_t at = 0; at < rows.size(); at += kFaultsOfPart)
    store_.insert(writes, kImportParts,
                  ImportPartRow{id, store_.owner(), PartKind::faults, number++,
                                content_of(rows, at, kFaultsOfPart)});
}

void Imports::update(ImportRow& row, WriteSet& writes) const {
  const std::int64_t seen = row.version++;
  store_.update(writes, kImports, row, "id = ? AND version = ?", {row.id, seen});
}

}  // namespace cinnabar
