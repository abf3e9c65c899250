#include "archiving.hpp"

#include "freeze.hpp"
#include "levels.hpp"

#include <algorithm>

namespace cinnabar::contract {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
// After a failure: authorities are back within hours, and margins are weeks.
constexpr std::int64_t kRetryMs = 6 * 3'600'000;
constexpr std::size_t kFaultSizeMax = 400;

bool prepared(const FieldMap& map, const std::string& name) {
  return std::any_of(map.fields.begin(), map.fields.end(),
                     [&](const PreparedField& field) { return field.name == name; });
}

}  // namespace

// The margin that is configured; where authorities have short-lived certificates, a third of what
// is left, by when they have the next one.
std::int64_t Archiving::due_ms(std::int64_t ends_ms) const {
  const std::int64_t left_ms = ends_ms - office_.host.now_ms(Clock::real);
  return ends_ms - std::min(office_.config.archive_margin_days * kDayMs, left_ms / 3);
}

// Jobs go by the business clock, which may stand elsewhere.
JobDraft Archiving::job_at(const Contract& contract, std::int64_t real_ms) const {
  const std::int64_t wait_ms =
      std::max<std::int64_t>(0, real_ms - office_.host.now_ms(Clock::real));
  JobDraft draft;
  draft.kind = "archive";
  draft.owner = contract.row.owner;
  draft.key = contract.row.id;
  draft.run_at = Time{office_.host.now_ms(Clock::business) + wait_ms};
  draft.data = Json::object().set("contract", contract.row.id);
  return draft;
}

void Archiving::begin(Act& act, const Call& call, const std::map<int, ArchiveStamp>& stamps) {
  const Store store(office_.host, call, act.contract.row.owner);
  std::int64_t first_ms = INT64_MAX;
  for (const auto& [number, stamp] : stamps) {
    if (stamp.token.empty()) continue;
    ArchiveRow row;
    row.contract = act.contract.row.id;
    row.number = number;
    row.owner = act.contract.row.owner;
    row.token = stamp.token;
    row.stamped = stamp.time;
    row.ends = Time{stamp.ends_ms};
    row.due = Time{due_ms(stamp.ends_ms)};
    store.insert(act.writes, kArchives, row);
    first_ms = std::min(first_ms, row.due.ms);
  }
  if (first_ms != INT64_MAX) act.writes.jobs.push_back(job_at(act.contract, first_ms));
}

Json Archiving::renew_document(ArchiveRow& row, WriteSet& writes, const Call& call) {
  const Host& host = office_.host;
  const Repository repository(host, call, row.owner);
  auto documents = repository.documents(row.contract);
  DocumentRow& document = documents.at(static_cast<std::size_t>(row.number) - 1);
  const std::string field = next_archive_field(document.state);
  const FieldMap map = repository.frozen(row.contract, row.number).map;
  if (!prepared(map, field)) {
    row.open = false;
    throw Error("contract.archive_full", {{"renewals", std::to_string(row.renewals)}});
  }
  const Archived result = host.service<SignatureEngine>(call).archive(
      {map_of(map, {field}), document.state, field, row.token});
  // It would promise nothing that the one before does not, and use up a field.
  if (result.stamp.ends_ms <= row.ends.ms)
    throw Error("contract.archive_not_longer", {{"until", to_rfc3339(row.ends)}});
  append_segment(document, result.state, result.segment, host.blob_put(result.segment.view()));
  writes.blobs.push_back(document.segments.back().blob);
  repository.store().update(writes, kDocuments, document, "contract = ? AND number = ?",
                            {document.contract, document.number});
  row.token = Bytes(result.stamp.token.text());
  row.stamped = result.stamp.time;
  row.ends = Time{result.stamp.ends_ms};
  row.due = Time{due_ms(result.stamp.ends_ms)};
  ++row.renewals;
  return Json::object()
      .set("document", document.number)
      .set("segment", static_cast<int>(document.segments.size()) - 1)
      .set("digest", document.digest)
      .set("timestamp", row.stamped)
      .set("ends", to_rfc3339(row.ends));
}

WriteSet Archiving::renew(const JobCall& job, const Call& call) {
  const Host& host = office_.host;
  const Repository repository(host, call, job.owner);
  const auto before = repository.find(job.data["contract"].text());
  if (!before) return {};
  const Store& store = repository.store();
  const std::int64_t now_ms = host.now_ms(Clock::real);
  Act act(host, call, *before, {});
  std::vector<Json> renewed;
  std::int64_t next_ms = INT64_MAX;
  for (ArchiveRow& row :
       store.list(kArchives, "contract = ? AND open = 1 ORDER BY number", {before->row.id})) {
    if (row.due.ms <= now_ms) {
      row.fault.clear();
      try {
        renewed.push_back(renew_document(row, act.writes, call));
      } catch (const Error& error) {
        if (error.status() == CINNABAR_CONFLICT) throw;
        row.fault = std::string(error.what()).substr(0, kFaultSizeMax);
        host.log(Level::warning, "document " + std::to_string(row.number) + " of " +
                                     row.contract + " is not archived: " + row.fault);
        if (!row.open)
          act.event("contract.archive_full", Json::object()
                                                 .set("document", row.number)
                                                 .set("ends", to_rfc3339(row.ends)));
      }
      store.update(act.writes, kArchives, row, "contract = ? AND number = ?",
                   {row.contract, row.number});
    }
    if (row.open) next_ms = std::min(next_ms, std::max(row.due.ms, now_ms + kRetryMs));
  }
  if (!renewed.empty()) {
    Facts facts;
    facts.overdue = true;
    // Of two at once, one begins anew and finds nothing due.
    act.move(step(before->row.state, Command::archive, facts));
    for (Json& facts_of_document : renewed)
      act.event("contract.archived", std::move(facts_of_document));
  }
  if (next_ms != INT64_MAX) act.writes.jobs.push_back(job_at(*before, next_ms));
  return std::move(act.writes);
}

Check examine_archives(const Host& host, const Call& call) {
  struct Way {
    const char* what;
    std::string condition;
    std::vector<Json> params;
  };
  const Way ways[] = {
      {"whose archive timestamp should have been renewed and was not; see to the authority",
       "open = 1 AND due < ?", {host.now_ms(Clock::real) - kStuckAfterMs}},
      {"whose fields for archive timestamps are used up; keep them in an outside archive before "
       "the newest timestamp ends", "open = 0", {}},
  };
  Check check;
  check.name = "contracts.archive";
  for (const Way& way : ways) {
    const Rows rows = host.query(call,
                                 "SELECT COUNT(*), MIN(contract), MIN(ends), MAX(fault) FROM "
                                 "contract_archive WHERE " + way.condition, way.params);
    const std::int64_t count = rows.rows.empty() ? 0 : rows.rows[0][0].integer();
    if (count == 0) continue;
    check.count += count;
    check.detail += (check.detail.empty() ? "" : "; ") + std::to_string(count) + " " + way.what +
                    ", among them " + rows.rows[0][1].text() + ", the first ends " +
                    to_rfc3339(Time{rows.rows[0][2].integer()}) + " (" + rows.rows[0][3].text() +
                    ")";
  }
  check.ok = check.count == 0;
  return check;
}

}  // namespace cinnabar::contract
