#include "seals_table.hpp"

#include <algorithm>

namespace cinnabar {
namespace {

constexpr int kUsagesShown = 200;
constexpr int kSealsShown = 1'000;

int preference(const SealRow& row) {
  return row.name == "合同专用章" ? 0 : row.name == "公章" ? 1 : 2;
}

}  // namespace

std::string slot_of(const SealRow& row) { return row.owner + "/" + row.name; }

std::vector<SealRow> SealsTable::all() const {
  return store_.list(kSeals, "ORDER BY created, id LIMIT ?", {kSealsShown});
}

SealRow SealsTable::by_id(const std::string& id) const {
  const auto row = store_.find(kSeals, "id = ?", {id});
  if (!row) throw Error("seal.not_found", {{"seal", id}});
  return *row;
}

std::optional<SealRow> SealsTable::usual(SealKind kind) const {
  auto rows = store_.list(kSeals, "kind = ? AND state = ? ORDER BY created, id LIMIT ?",
                          {name_of(kind), name_of(SealState::enabled), kSealsShown});
  if (rows.empty()) return std::nullopt;
  return *std::min_element(rows.begin(), rows.end(), [](const SealRow& a, const SealRow& b) {
    return preference(a) < preference(b);
  });
}

bool SealsTable::others_use(const SealRow& row) const {
  return store_
      .find(kSeals, "credential = ? AND state = ? AND id <> ?",
            {row.credential, name_of(SealState::enabled), row.id})
      .has_value();
}

std::vector<UsageRow> SealsTable::usages(const std::string& seal) const {
  return store_.list(kUsages, "seal = ? ORDER BY at DESC, id DESC LIMIT ?", {seal, kUsagesShown});
}

void SealsTable::require_free(const SealRow& row) const {
  const auto other = store_.find(kSeals, "slot = ? AND id <> ?", {slot_of(row), row.id});
  if (other) throw Error("seal.limit", {{"name", row.name}}, "/name");
}

void SealsTable::insert(const SealRow& row, WriteSet& writes) const {
  store_.insert(writes, kSeals, row);
  writes.blobs.push_back(row.drawing);
  writes.blobs.push_back(row.preview);
}

void SealsTable::set_state(SealRow row, SealState state, WriteSet& writes) const {
  const std::int64_t version = row.version++;
  row.state = state;
  row.slot = state == SealState::enabled ? std::optional(slot_of(row)) : std::nullopt;
  store_.update(writes, kSeals, row, "id = ? AND version = ?", {row.id, version});
}

void SealsTable::record_use(const SealRow& row, const std::string& person,
                            const std::string& contract, const std::string& certificate,
                            WriteSet& writes) const {
  writes.run(
      "UPDATE seal_seal SET uses = uses + 1 "
      "WHERE owner = ? AND id = ? AND state = ? AND version = ?",
      {row.owner, row.id, name_of(SealState::enabled), row.version}, 1);
  store_.insert(writes, kUsages, UsageRow{host_.new_id("use"), row.owner, row.id, person, contract,
                                          certificate, host_.now()});
}

}  // namespace cinnabar
