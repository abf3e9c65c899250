// Connection: one SQLite connection with its prepared statements, and what its errors mean to the
// kernel. Owned by SqliteDatabase; used by one thread at a time.
#pragma once

#include <cinnabar/error.hpp>

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace cinnabar {

// How a statement ended: a value, because a failed guard is an everyday outcome.
struct Outcome {
  cinnabar_status status = CINNABAR_OK;
  std::string detail;
  bool ok() const { return status == CINNABAR_OK; }
};

class Connection {
 public:
  enum class Access { read, write };

  // Opens the file (a writer makes it, readable by its owner only). Throws Error.
  Connection(const std::string& path, Access access);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // A statement that changes rows; expect_rows as in cinnabar_statement.
  Outcome write(const cinnabar_statement& statement);
  // BEGIN, SAVEPOINT and the like: without parameters, prepared once.
  Outcome control(std::string_view sql);
  // A reading statement; the receiver may end it early. Throws Error.
  void read(std::string_view sql, const cinnabar_value* params, std::size_t count,
            const cinnabar_rows& rows);
  // Several statements, unprepared.
  Outcome script(const std::string& sql);
  // False once SQLite has rolled a failed transaction back by itself.
  bool in_transaction() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using StatementOwner = std::unique_ptr<sqlite3_stmt, Finalize>;
  struct Cached {
    std::string sql;
    StatementOwner statement;
  };

  // The prepared statement, from the cache or new; null with the reason in `outcome`.
  sqlite3_stmt* prepare(std::string_view sql, Outcome& outcome);
  Outcome bind(sqlite3_stmt* statement, const cinnabar_value* params, std::size_t count) const;
  Outcome last_error() const;

  std::unique_ptr<sqlite3, Close> database_;
  std::list<Cached> recent_;  // the most recently used first
  std::unordered_map<std::string_view, std::list<Cached>::iterator> by_sql_;  // views into recent_
};

}  // namespace cinnabar
