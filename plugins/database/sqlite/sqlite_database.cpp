#include "sqlite_database.hpp"

#include <cstring>

namespace cinnabar {

namespace {

void set_outcome(cinnabar_outcome& out, const Outcome& outcome, std::size_t failed_statement) {
  out.status = outcome.status;
  out.failed_statement = failed_statement;
  const std::size_t size = std::min(outcome.detail.size(), sizeof out.detail - 1);
  std::memcpy(out.detail, outcome.detail.data(), size);
  out.detail[size] = '\0';
}

// After an error like a full disk nothing of the group can be kept, whatever it was about.
void set_all(cinnabar_outcome* outcomes, std::size_t count, const Outcome& outcome) {
  for (std::size_t i = 0; i < count; ++i)
    set_outcome(outcomes[i], {CINNABAR_UNAVAILABLE, outcome.detail}, 0);
}

}  // namespace

// Takes an idle connection or opens one; waits while all are borrowed.
class SqliteDatabase::Reader {
 public:
  explicit Reader(SqliteDatabase& owner) : owner_(owner) {
    std::unique_lock lock(owner_.pool_mutex_);
    owner_.returned_.wait(
        lock, [&] { return !owner_.idle_.empty() || owner_.readers_ < owner_.readers_max_; });
    if (!owner_.idle_.empty()) {
      connection_ = std::move(owner_.idle_.back());
      owner_.idle_.pop_back();
      return;
    }
    ++owner_.readers_;
    lock.unlock();
    try {
      connection_ = std::make_unique<Connection>(owner_.path_, Connection::Access::read);
    } catch (...) {
      lock.lock();
      --owner_.readers_;
      owner_.returned_.notify_one();
      throw;
    }
  }
  ~Reader() {
    const std::lock_guard lock(owner_.pool_mutex_);
    owner_.idle_.push_back(std::move(connection_));
    owner_.returned_.notify_one();
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Connection& connection() { return *connection_; }

 private:
  SqliteDatabase& owner_;
  std::unique_ptr<Connection> connection_;
};

SqliteDatabase::SqliteDatabase(std::string path, int readers_max)
    : path_(std::move(path)), readers_max_(readers_max), writer_(path_, Connection::Access::write) {
  idle_.reserve(static_cast<std::size_t>(readers_max_));
}

void SqliteDatabase::query(std::string_view sql, const cinnabar_value* params, std::size_t count,
                           const cinnabar_rows& rows) {
  Reader(*this).connection().read(sql, params, count, rows);
}

Outcome SqliteDatabase::apply(const cinnabar_transaction& transaction,
                              std::size_t& failed_statement) {
  Outcome outcome = writer_.control("SAVEPOINT one");
  for (std::size_t i = 0; outcome.ok() && i < transaction.statement_count; ++i) {
    failed_statement = i;
    outcome = writer_.write(transaction.statements[i]);
  }
  // SQLite has already rolled everything back after some errors; then there is no savepoint left.
  if (!writer_.in_transaction()) return {CINNABAR_UNAVAILABLE, outcome.detail};
  if (!outcome.ok()) {
    const Outcome undone = writer_.control("ROLLBACK TO one");
    if (!undone.ok()) return {CINNABAR_UNAVAILABLE, undone.detail};
  }
  const Outcome released = writer_.control("RELEASE one");
  return released.ok() ? outcome : Outcome{CINNABAR_UNAVAILABLE, released.detail};
}

void SqliteDatabase::commit(const cinnabar_transaction* transactions, std::size_t count,
                            cinnabar_outcome* outcomes) {
  const std::lock_guard lock(write_mutex_);
  Outcome group = writer_.control("BEGIN IMMEDIATE");
  for (std::size_t i = 0; group.ok() && i < count; ++i) {
    std::size_t failed_statement = 0;
    const Outcome outcome = apply(transactions[i], failed_statement);
    set_outcome(outcomes[i], outcome, failed_statement);
    if (outcome.status == CINNABAR_UNAVAILABLE) group = outcome;
  }
  if (group.ok()) group = writer_.control("COMMIT");
  if (group.ok()) return;
  if (writer_.in_transaction()) writer_.control("ROLLBACK");
  set_all(outcomes, count, group);
}

void SqliteDatabase::script(std::string_view sql) {
  const std::lock_guard lock(write_mutex_);
  Outcome outcome = writer_.control("BEGIN IMMEDIATE");
  if (outcome.ok()) outcome = writer_.script(std::string(sql));
  if (outcome.ok()) outcome = writer_.control("COMMIT");
  if (outcome.ok()) return;
  if (writer_.in_transaction()) writer_.control("ROLLBACK");
  throw Error("database.failed", {{"detail", outcome.detail}}, {}, outcome.status);
}

}  // namespace cinnabar
