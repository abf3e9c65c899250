// Connection: one session with a server, the statements that it knows, and what its errors mean.
// Owned by a pool or the writer; used by one thread at a time, by different ones in turn.
//
// Connector/C++ never connects again by itself here: prepared statements would be dead and a
// transaction half done without anybody noticing. A connection whose fault is `away` is dropped.
#pragma once

#include "config.hpp"
#include "fault.hpp"
#include "statement_text.hpp"

#include <cinnabar/abi.h>

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sql {
class Connection;
class PreparedStatement;
class ResultSet;
class Statement;
}  // namespace sql

namespace cinnabar::mysql {

class Connection {
 public:
  enum class Access { read, write, define };

  // Takes an open session over.
  explicit Connection(std::unique_ptr<sql::Connection> session);
  void packet_max(std::size_t bytes) { packet_max_ = bytes; }
  std::size_t packet_max() const { return packet_max_; }
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // One statement that changes rows; expect_rows as in cinnabar_statement, counting rows found.
  Outcome write(const cinnabar_statement& statement);
  // Several statements as one text, in one round trip; the last one gives a row with one cell.
  // Writers only.
  Outcome run_all(const std::string& sql, std::string& cell);
  // The statement as a template, kept for the next time.
  const StatementText& parsed(std::string_view sql);
  // A reading statement. The whole result is here before the receiver gets any of it, so that
  // what fails may be asked again; the receiver may end it early.
  Outcome read(std::string_view sql, const cinnabar_value* params, std::size_t count,
               const cinnabar_rows& rows);
  // One statement as text, without a result: BEGIN, SET, a part of a script.
  Outcome run(const std::string& sql);
  // A cell of the first row as text; empty when there is no row, or it is null.
  Outcome value(const std::string& sql, std::string& text, unsigned int column = 1);

 private:
  struct Prepared;
  struct Cached;

  Outcome prepare(std::string_view sql, Prepared*& prepared);
  void forget(std::string_view sql);

  std::unique_ptr<sql::Connection> session_;  // outlives its statements
  std::unique_ptr<sql::Statement> text_;
  std::list<Cached> recent_;  // the most recently used first
  std::unordered_map<std::string_view, std::list<Cached>::iterator> by_sql_;  // views into recent_
  std::unordered_map<std::string, StatementText> parsed_;
  std::size_t packet_max_ = 1024 * 1024;  // the server's max_allowed_packet
};

}  // namespace cinnabar::mysql
