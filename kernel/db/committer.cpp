#include "kernel/db/committer.hpp"

#include "kernel/db/write_plan.hpp"
#include "kernel/event/chain_heads.hpp"
#include "kernel/log/log.hpp"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

namespace cinnabar::kernel {

namespace {

// Write-sets in one group: enough that syncing the disk costs each next to nothing, few enough
// that the first does not wait long for the last.
constexpr std::size_t kGroupMax = 128;
// How often a write-set is linked again because a chain grew under it, before its caller is told.
constexpr int kLinkAttemptsMax = 8;

struct Pending {
  WritePlan plan;
  std::promise<std::optional<Error>> done;  // a value: the thread that waits throws its own copy
  int attempts = 0;
  // Of the group that it is in:
  std::size_t own_statements = 0;  // before those that were linked
  ChainHeads::Links links;
  bool failed = false;  // it could not be linked; its caller knows
};
using PendingList = std::deque<std::unique_ptr<Pending>>;

void refuse(Pending& pending, const Error& error) { pending.done.set_value(error); }

Error error_of(const cinnabar_outcome& outcome, const Pending& pending) {
  std::string detail = outcome.detail;
  const auto& statements = pending.plan.statements;
  if (outcome.failed_statement < statements.size())
    detail += " in: " + statements[outcome.failed_statement].sql.substr(0, 160);
  if (outcome.status == CINNABAR_CONFLICT) return conflict(std::move(detail));
  if (outcome.status == CINNABAR_UNAVAILABLE)
    return Error("database.unavailable", {{"detail", outcome.detail}}, {}, CINNABAR_UNAVAILABLE);
  return failure(std::move(detail));
}

}  // namespace

class Committer::Impl {
 public:
  Impl(Db& db, const Clocks& clocks)
      : db_(db), clocks_(clocks), heads_(db), writer_([this] { run(); }) {}

  void commit(Commit commit) {
    auto pending = std::make_unique<Pending>();
    pending->plan = plan_commit(std::move(commit), clocks_,
                                [this](const std::string& plugin) { return prefix(plugin); });
    std::future<std::optional<Error>> done = pending->done.get_future();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) throw Error("server.stopping", {}, {}, CINNABAR_UNAVAILABLE);
      queue_.push_back(std::move(pending));
    }
    queued_.notify_one();
    if (const std::optional<Error> error = done.get()) throw *error;
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    queued_.notify_one();
    if (writer_.joinable()) writer_.join();
  }

  void table_prefixes(std::map<std::string, std::string> by_plugin) {
    const std::lock_guard lock(mutex_);
    prefixes_ = std::move(by_plugin);
  }
  void on_committed(std::function<void()> wake) {
    const std::lock_guard lock(mutex_);
    wakes_.push_back(std::move(wake));
  }
  std::string prefix(const std::string& plugin) const {
    const std::lock_guard lock(mutex_);
    const auto found = prefixes_.find(plugin);
    if (found == prefixes_.end()) throw failure("statements for an unknown plugin " + plugin);
    return found->second;
  }

 private:
  void run() {
    for (;;) {
      PendingList group = next_group();
      if (group.empty()) return;
      commit_group(group);
    }
  }

  // Waits for work; nothing at the end.
  PendingList next_group() {
    std::unique_lock lock(mutex_);
    queued_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    PendingList group;
    while (!queue_.empty() && group.size() < kGroupMax) {
      group.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    return group;
  }

  void link(Pending& pending) {
    pending.own_statements = pending.plan.statements.size();
    try {
      pending.links = heads_.link(pending.plan.events, clocks_.business_ms(), clocks_.real_ms(),
                                  pending.plan.statements);
    } catch (const Error& error) {
      pending.failed = true;
      refuse(pending, error);
    }
  }

  void commit_group(PendingList& group) {
    for (auto& pending : group) link(*pending);
    std::erase_if(group, [](const auto& pending) { return pending->failed; });
    std::vector<RawTransaction> owned;
    std::vector<cinnabar_transaction> raw;
    owned.reserve(group.size());
    for (const auto& pending : group) {
      owned.emplace_back(pending->plan.statements);
      raw.push_back(owned.back().raw());
    }
    std::vector<cinnabar_outcome> outcomes(group.size());
    if (!group.empty()) {
      const cinnabar_database* table = db_.table();
      const auto status = table->commit(table->self, raw.data(), raw.size(), outcomes.data());
      if (status != CINNABAR_OK)
        for (cinnabar_outcome& outcome : outcomes)
          outcome = {CINNABAR_UNAVAILABLE, 0, "the database driver failed"};
    }
    bool wakes = false;
    for (std::size_t i = 0; i < group.size(); ++i) {
      wakes = wakes || (outcomes[i].status == CINNABAR_OK && group[i]->plan.wakes);
      heads_.ended(group[i]->links, outcomes[i].status == CINNABAR_OK);
    }
    heads_.end_group();
    // In reverse, so that what goes back to the front of the queue keeps its order.
    for (std::size_t i = group.size(); i-- > 0;) finish(std::move(group[i]), outcomes[i]);
    if (wakes) wake();
  }

  void wake() {
    std::vector<std::function<void()>> wakes;
    {
      const std::lock_guard lock(mutex_);
      wakes = wakes_;
    }
    for (const auto& one : wakes) one();
  }

  void finish(std::unique_ptr<Pending> pending, const cinnabar_outcome& outcome) {
    if (outcome.status == CINNABAR_OK) {
      pending->done.set_value(std::nullopt);
      return;
    }
    const bool chain_moved =
        outcome.status == CINNABAR_CONFLICT && outcome.failed_statement >= pending->own_statements;
    if (!chain_moved || ++pending->attempts >= kLinkAttemptsMax) {
      if (outcome.status != CINNABAR_CONFLICT)
        log_error("a commit failed", {{"detail", outcome.detail}});
      refuse(*pending, error_of(outcome, *pending));
      return;
    }
    pending->plan.statements.resize(pending->own_statements);
    const std::lock_guard lock(mutex_);
    queue_.push_front(std::move(pending));
  }

  Db& db_;
  const Clocks& clocks_;
  ChainHeads heads_;          // of the writer thread
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable queued_;
  PendingList queue_;
  std::map<std::string, std::string> prefixes_;
  std::vector<std::function<void()>> wakes_;
  bool stopping_ = false;
  std::thread writer_;  // last: it uses everything above
};

Committer::Committer(Db& db, const Clocks& clocks) : impl_(std::make_unique<Impl>(db, clocks)) {}
Committer::~Committer() { stop(); }
void Committer::commit(Commit commit) { impl_->commit(std::move(commit)); }
void Committer::stop() { impl_->stop(); }
void Committer::on_committed(std::function<void()> wake) { impl_->on_committed(std::move(wake)); }
void Committer::table_prefixes(std::map<std::string, std::string> by_plugin) {
  impl_->table_prefixes(std::move(by_plugin));
}
std::string Committer::table_prefix(const std::string& plugin) const {
  return impl_->prefix(plugin);
}

}  // namespace cinnabar::kernel
