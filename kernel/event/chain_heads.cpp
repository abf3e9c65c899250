#include "kernel/event/chain_heads.hpp"

#include "kernel/base/ids.hpp"
#include "kernel/event/event_format.hpp"

#include <map>

namespace cinnabar::kernel {

namespace {

// Heads kept in memory, some 200 bytes each; beyond this all are forgotten and read again.
constexpr std::size_t kHeadsMax = 20'000;

}  // namespace

ChainHeads::Head ChainHeads::find(const std::string& aggregate) {
  if (const auto found = group_.find(aggregate); found != group_.end()) return found->second;
  if (const auto found = committed_.find(aggregate); found != committed_.end())
    return found->second;
  const Rows rows =
      db_.query("SELECT chain_index, hash FROM kernel_chain WHERE aggregate = ?", {aggregate});
  if (rows.rows.empty()) return {0, std::string(kNoHash)};
  return {rows.rows[0][0].integer(), rows.rows[0][1].text()};
}

ChainHeads::Links ChainHeads::link(const std::vector<EventDraft>& events, std::int64_t business_ms,
                                   std::int64_t real_ms, std::vector<Statement>& statements) {
  struct Chain {
    Head before;
    Head after;
    std::string owner;
  };
  std::map<std::string, Chain> chains;
  std::vector<Statement> inserts;
  for (const EventDraft& draft : events) {
    const auto [found, added] = chains.try_emplace(draft.aggregate);
    Chain& chain = found->second;
    if (added) chain = {find(draft.aggregate), {}, draft.owner}, chain.after = chain.before;
    const std::string id = new_id("evt", real_ms);
    const std::string stored = encode_event(draft, id, chain.after.index + 1, Time{business_ms});
    chain.after = {chain.after.index + 1, event_hash(chain.after.hash, stored)};
    inserts.push_back(
        {"INSERT INTO kernel_event (id, type, aggregate, chain_index, owner, actor, "
         "at, stored, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
         {id, draft.type, draft.aggregate, chain.after.index, draft.owner, draft.actor, business_ms,
          stored, chain.after.hash},
         1,
         {}});
  }
  Links links;
  for (auto& [aggregate, chain] : chains) {
    if (chain.before.index == 0)
      statements.push_back(
          {"INSERT INTO kernel_chain (aggregate, owner, chain_index, hash) VALUES (?, ?, ?, ?)",
           {aggregate, chain.owner, chain.after.index, chain.after.hash},
           1,
           {}});
    else
      statements.push_back(
          {"UPDATE kernel_chain SET chain_index = ?, hash = ? WHERE aggregate = ? "
           "AND chain_index = ? AND hash = ?",
           {chain.after.index, chain.after.hash, aggregate, chain.before.index, chain.before.hash},
           1,
           {}});
    group_[aggregate] = chain.after;
    links.emplace_back(aggregate, std::move(chain.after));
  }
  for (Statement& insert : inserts) statements.push_back(std::move(insert));
  return links;
}

void ChainHeads::ended(const Links& links, bool committed) {
  if (committed_.size() > kHeadsMax) committed_.clear();
  for (const auto& [aggregate, head] : links) {
    if (committed)
      committed_[aggregate] = head;
    else
      committed_.erase(aggregate);
  }
}

}  // namespace cinnabar::kernel
