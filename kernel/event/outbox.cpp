#include "kernel/event/outbox.hpp"

#include "kernel/event/feed.hpp"

namespace cinnabar::kernel {

Outbox::Outbox(Db& db, Committer& committer, const Clocks& clocks, Subscriptions subscriptions)
    : db_(db), committer_(committer) {
  for (Subscriber& subscriber : subscriptions)
    feeds_.push_back(std::make_unique<Feed>(db, committer, clocks, std::move(subscriber)));
}

Outbox::~Outbox() { stop(); }

void Outbox::start() {
  std::set<std::string> known;
  for (const auto& row :
       db_.query("SELECT name FROM kernel_cursor WHERE name LIKE 'subscriber:%'").rows)
    known.insert(row[0].text());
  const std::int64_t begin =
      known.empty() ? 0 : db_.query_value("SELECT MAX(sequence) FROM kernel_event").integer();
  Commit commit;
  for (const auto& feed : feeds_)
    if (!known.contains(feed->cursor()))
      commit.kernel_statements.push_back(
          {"INSERT INTO kernel_cursor (name, sequence) VALUES (?, ?)",
           {feed->cursor(), begin},
           1,
           {}});
  if (!commit.kernel_statements.empty()) committer_.commit(std::move(commit));
  for (const auto& feed : feeds_) feed->start();
}

void Outbox::stop() {
  for (const auto& feed : feeds_) feed->stop();
}

void Outbox::wake() {
  for (const auto& feed : feeds_) feed->wake();
}

std::int64_t Outbox::lag() const {
  const std::int64_t newest = db_.query_value("SELECT MAX(sequence) FROM kernel_event").integer();
  std::int64_t behind = 0;
  for (const auto& feed : feeds_) behind = std::max(behind, newest - feed->position());
  return behind +
         db_.query_value("SELECT COUNT(*) FROM kernel_delivery WHERE state = 'waiting'").integer();
}

std::int64_t dead_deliveries(const Db& db) {
  return db.query_value("SELECT COUNT(*) FROM kernel_delivery WHERE state = 'dead'").integer();
}

}  // namespace cinnabar::kernel
