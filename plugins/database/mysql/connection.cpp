#include "connection.hpp"

#include "cells.hpp"

#include <cinnabar/error.hpp>

#include <cppconn/connection.h>
#include <cppconn/exception.h>
#include <cppconn/parameter_metadata.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>

namespace cinnabar::mysql {

namespace {

// Statements kept prepared by a connection: more than the kernel and the plugins together repeat
// often. The server allows 16,382 for all connections.
constexpr std::size_t kStatementsMax = 128;

// Texts of writing statements whose templates are kept; beyond this all are forgotten.
constexpr std::size_t kTemplatesMax = 2'000;

constexpr std::size_t kShownSqlMax = 120;

Outcome outcome_of(const sql::SQLException& exception) {
  const int number = exception.getErrorCode();
  // The connector's own refusals have no number.
  const Fault fault = number == 0 ? Fault::failed : fault_of(number);
  return {fault, std::to_string(number) + " " + exception.what()};
}

// Every call into the connector: its exceptions end here.
template <class Work>
Outcome guarded(Work work) {
  try {
    return work();
  } catch (const sql::SQLException& exception) {
    return outcome_of(exception);
  } catch (const std::exception& exception) {
    return {Fault::failed, exception.what()};
  }
}

Outcome wrong(std::string detail, std::string_view sql) {
  return {Fault::failed, detail + ": " + std::string(sql.substr(0, kShownSqlMax))};
}

}  // namespace

struct Connection::Prepared {
  std::unique_ptr<sql::PreparedStatement> statement;
  std::size_t params = 0;
  bool reads = false;
};
struct Connection::Cached {
  std::string sql;
  Prepared prepared;
};

Connection::Connection(std::unique_ptr<sql::Connection> session)
    : session_(std::move(session)), text_(session_->createStatement()) {}
Connection::~Connection() = default;

void Connection::forget(std::string_view sql) {
  const auto found = by_sql_.find(sql);
  if (found == by_sql_.end()) return;
  const auto cached = found->second;
  by_sql_.erase(found);
  recent_.erase(cached);
}

Outcome Connection::prepare(std::string_view sql, Prepared*& prepared) {
  if (const auto found = by_sql_.find(sql); found != by_sql_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    prepared = &found->second->prepared;
    return {};
  }
  Prepared fresh;
  std::string text(sql);
  fresh.statement.reset(session_->prepareStatement(text));
  fresh.params = fresh.statement->getParameterMetaData()->getParameterCount();
  fresh.reads = fresh.statement->getMetaData()->getColumnCount() > 0;
  if (recent_.size() >= kStatementsMax) {
    by_sql_.erase(recent_.back().sql);
    recent_.pop_back();
  }
  recent_.push_front({std::move(text), std::move(fresh)});
  by_sql_.emplace(recent_.front().sql, recent_.begin());
  prepared = &recent_.front().prepared;
  return {};
}

Outcome Connection::write(const cinnabar_statement& statement) {
  const std::string_view sql = view(statement.sql);
  const auto once = [&]() -> Outcome {
    Prepared* prepared = nullptr;
    if (Outcome outcome = prepare(sql, prepared); !outcome.ok()) return outcome;
    if (prepared->reads) return wrong("the statement writes nothing", sql);
    if (prepared->params != statement.param_count)
      return wrong("the statement has " + std::to_string(prepared->params) + " parameters, not " +
                       std::to_string(statement.param_count),
                   sql);
    bind(*prepared->statement, statement.params, statement.param_count);
    const std::int64_t changed = prepared->statement->executeUpdate();
    if (statement.expect_rows >= 0 && changed != statement.expect_rows)
      return {Fault::conflict, "changed " + std::to_string(changed) + " rows, expected were " +
                                   std::to_string(statement.expect_rows)};
    return {};
  };
  Outcome outcome = guarded(once);
  if (outcome.fault != Fault::stale) return outcome;
  forget(sql);
  return guarded(once);
}

Outcome Connection::read(std::string_view sql, const cinnabar_value* params, std::size_t count,
                         const cinnabar_rows& rows) {
  std::unique_ptr<sql::ResultSet> result;
  const auto ask = [&]() -> Outcome {
    Prepared* prepared = nullptr;
    if (Outcome outcome = prepare(sql, prepared); !outcome.ok()) return outcome;
    if (!prepared->reads) return wrong("a query must not write", sql);
    if (prepared->params != count)
      return wrong("the statement has " + std::to_string(prepared->params) + " parameters, not " +
                       std::to_string(count),
                   sql);
    bind(*prepared->statement, params, count);
    result.reset(prepared->statement->executeQuery());
    return {};
  };
  Outcome outcome = guarded(ask);
  if (outcome.fault == Fault::stale) {
    forget(sql);
    outcome = guarded(ask);
  }
  if (!outcome.ok()) return outcome;
  return guarded([&]() -> Outcome {
    deliver(*result, rows);
    return {};
  });
}

Outcome Connection::run(const std::string& sql) {
  return guarded([&]() -> Outcome {
    if (text_->execute(sql)) std::unique_ptr<sql::ResultSet>(text_->getResultSet());
    return {};
  });
}

const StatementText& Connection::parsed(std::string_view sql) {
  if (parsed_.size() >= kTemplatesMax) parsed_.clear();
  std::string key(sql);
  if (const auto found = parsed_.find(key); found != parsed_.end()) return found->second;
  return parsed_.emplace(std::move(key), parse_statement(sql)).first->second;
}

Outcome Connection::run_all(const std::string& sql, std::string& cell) {
  return guarded([&]() -> Outcome {
    bool gives_rows = text_->execute(sql);
    while (!gives_rows) gives_rows = text_->getMoreResults();
    const std::unique_ptr<sql::ResultSet> result(text_->getResultSet());
    if (result->next()) cell = result->getString(1);
    return {};
  });
}

Outcome Connection::value(const std::string& sql, std::string& text, unsigned int column) {
  text.clear();
  return guarded([&]() -> Outcome {
    const std::unique_ptr<sql::ResultSet> result(text_->executeQuery(sql));
    if (result->next() && !result->isNull(column)) text = result->getString(column);
    return {};
  });
}

}  // namespace cinnabar::mysql
