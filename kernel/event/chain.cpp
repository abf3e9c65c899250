#include "kernel/event/chain.hpp"

#include "kernel/event/event_format.hpp"

#include <optional>

namespace cinnabar::kernel {

namespace {

// Events in memory at once while everything is checked.
constexpr int kPageSize = 500;

struct Link {
  std::int64_t index = 0;
  std::string hash{kNoHash};
};

std::string select_events(std::string_view rest) {
  return "SELECT " + std::string(kEventColumns) + " FROM kernel_event " + std::string(rest);
}

Link head_of(const Db& db, const std::string& aggregate) {
  const Rows rows =
      db.query("SELECT chain_index, hash FROM kernel_chain WHERE aggregate = ?", {aggregate});
  return rows.rows.empty() ? Link{} : Link{rows.rows[0][0].integer(), rows.rows[0][1].text()};
}

// What is wrong with an event that follows the link; nothing: it is as it should be.
std::optional<std::string> fault_of(const Link& previous, const StoredEvent& event) {
  if (event.chain_index != previous.index + 1)
    return "the event before it, " + std::to_string(previous.index + 1) + ", is missing";
  if (event_hash(previous.hash, event.stored) != event.hash)
    return "its hash is not that of its bytes and its predecessor";
  if (!columns_agree(event)) return "its row does not say what its stored bytes say";
  return std::nullopt;
}

// The head was read before the events, so that they may be further but not less far.
std::optional<std::string> fault_of_end(const Link& head, const Link& last) {
  if (last.index < head.index)
    return "the events from " + std::to_string(last.index + 1) + " to " +
           std::to_string(head.index) + " are missing";
  if (last.index == head.index && last.hash != head.hash)
    return "the newest event is not the one that the chain ends with";
  return std::nullopt;
}

// Walks events in order of aggregate and index, and compares each chain's end with its head.
class AllChains {
 public:
  explicit AllChains(const Db& db) : db_(db) {
    for (const auto& row : db_.query("SELECT aggregate, chain_index, hash FROM kernel_chain").rows)
      heads_[row[0].text()] = {row[1].integer(), row[2].text()};
  }

  std::vector<ChainFault> run() {
    const std::string page = select_events(
        "WHERE aggregate > ? OR (aggregate = ? AND chain_index > ?) "
        "ORDER BY aggregate, chain_index LIMIT " +
        std::to_string(kPageSize));
    for (;;) {
      const Rows rows = db_.query(page, {aggregate_, aggregate_, last_.index});
      for (const auto& row : rows.rows) event(event_of(row));
      if (rows.rows.size() < kPageSize) break;
    }
    end_chain();
    for (const auto& [aggregate, head] : heads_)
      faults_.push_back({aggregate, head.index, "all of its events are missing"});
    return std::move(faults_);
  }

 private:
  void event(const StoredEvent& event) {
    if (event.aggregate != aggregate_) {
      end_chain();
      aggregate_ = event.aggregate;
      last_ = {};
    }
    if (auto fault = fault_of(last_, event))
      faults_.push_back({aggregate_, event.chain_index, std::move(*fault)});
    last_ = {event.chain_index, event.hash};
  }

  void end_chain() {
    if (aggregate_.empty()) return;
    const auto head = heads_.find(aggregate_);
    // A chain that began after the heads were read has none here; its own events were checked.
    if (head == heads_.end()) {
      if (head_of(db_, aggregate_).index == 0)
        faults_.push_back({aggregate_, last_.index, "the chain has no head"});
      return;
    }
    if (auto fault = fault_of_end(head->second, last_))
      faults_.push_back({aggregate_, last_.index, std::move(*fault)});
    heads_.erase(head);
  }

  const Db& db_;
  std::map<std::string, Link> heads_;  // of chains not yet seen
  std::string aggregate_;
  Link last_;
  std::vector<ChainFault> faults_;
};

}  // namespace

Chain read_chain(const Db& db, const std::string& aggregate, std::int64_t after, int limit) {
  Chain chain;
  const Link head = head_of(db, aggregate);
  Link last{after, std::string(kNoHash)};
  if (after > 0) {
    const Json hash =
        db.query_value("SELECT hash FROM kernel_event WHERE aggregate = ? AND chain_index = ?",
                       {aggregate, after});
    if (hash.is_null())
      chain.intact = after > head.index;  // beyond the end there is nothing to be wrong
    else
      last.hash = hash.text();
  }
  const Rows rows = db.query(
      select_events("WHERE aggregate = ? AND chain_index > ? ORDER BY chain_index LIMIT ?"),
      {aggregate, after, limit});
  for (const auto& row : rows.rows) {
    StoredEvent event = event_of(row);
    if (fault_of(last, event)) chain.intact = false;
    event.previous_hash = last.hash;
    // Bytes that cannot be read make the chain faulty, not unreadable.
    if (columns_agree(event)) event.data = event_data(event);
    last = {event.chain_index, event.hash};
    chain.events.push_back(std::move(event));
  }
  if (static_cast<int>(rows.rows.size()) < limit && after <= head.index && fault_of_end(head, last))
    chain.intact = false;
  return chain;
}

std::vector<ChainFault> check_all_chains(const Db& db) { return AllChains(db).run(); }

}  // namespace cinnabar::kernel
