#include "kernel/event/event_order.hpp"

#include <algorithm>
#include <map>

namespace cinnabar::kernel {

namespace {

constexpr int kBatchSize = 256;

}  // namespace

std::int64_t EventOrder::placed(const Db& db) {
  return db.query_value("SELECT sequence FROM kernel_cursor WHERE name = 'placed'").integer();
}

std::int64_t EventOrder::unplaced(const Db& db) {
  return db.query_value("SELECT COUNT(*) FROM kernel_event WHERE position IS NULL").integer();
}

std::size_t EventOrder::place() {
  const std::int64_t before = placed(db_);
  const Rows rows = db_.query(
      "SELECT sequence, aggregate, chain_index FROM kernel_event WHERE position IS NULL "
      "ORDER BY sequence LIMIT " +
      std::to_string(kBatchSize));
  if (rows.rows.empty()) return 0;
  // The numbers of one chain's events, in the order of the chain.
  std::map<std::string, std::vector<std::pair<std::int64_t, std::int64_t>>> chains;
  for (const auto& row : rows.rows)
    chains[row[1].text()].emplace_back(row[2].integer(), row[0].integer());
  for (auto& [aggregate, events] : chains) std::sort(events.rbegin(), events.rend());
  Commit commit;
  commit.kernel_statements.push_back(
      {"UPDATE kernel_cursor SET sequence = ? WHERE name = 'placed' AND sequence = ?",
       {before + static_cast<std::int64_t>(rows.rows.size()), before},
       1,
       {}});
  std::int64_t position = before;
  for (const auto& row : rows.rows) {
    auto& waiting = chains[row[1].text()];
    commit.kernel_statements.push_back(
        {"UPDATE kernel_event SET position = ? WHERE sequence = ? AND position IS NULL",
         {++position, waiting.back().second},
         1,
         {}});
    waiting.pop_back();
  }
  try {
    committer_.commit(std::move(commit));
  } catch (const Error& error) {
    if (error.status() != CINNABAR_CONFLICT) throw;
    return 0;
  }
  return rows.rows.size();
}

}  // namespace cinnabar::kernel
