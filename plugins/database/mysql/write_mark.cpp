#include "write_mark.hpp"

#include <cinnabar/error.hpp>

#include <cstdlib>
#include <initializer_list>
#include <random>
#include <vector>

namespace cinnabar::mysql {

namespace {

// Rows of processes that are gone for sure: nobody waits that long for the answer to a COMMIT.
constexpr int kKeptDays = 30;

Outcome run(Connection& connection, std::string_view sql,
            std::initializer_list<std::int64_t> numbers, const std::string& id,
            std::int64_t expect_rows) {
  std::vector<cinnabar_value> params;
  for (const std::int64_t number : numbers) params.push_back({CINNABAR_INTEGER, number, 0, {}});
  params.push_back({CINNABAR_TEXT, 0, 0, bytes_of(id)});
  return connection.write({bytes_of(sql), params.data(), params.size(), expect_rows});
}

}  // namespace

std::string random_id() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 32; ++i) id += "0123456789abcdef"[random() % 16];
  return id;
}

Outcome WriteMark::make_table(Connection& connection) {
  return connection.run(
      "CREATE TABLE IF NOT EXISTS mysql_writer (id VARCHAR(64) PRIMARY KEY, number BIGINT NOT NULL,"
      " at BIGINT NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin");
}

Outcome WriteMark::enter(Connection& connection) {
  if (!id_.empty()) return {};
  const Outcome swept = connection.run("DELETE FROM mysql_writer WHERE at < UNIX_TIMESTAMP() - " +
                                       std::to_string(86'400 * kKeptDays));
  if (!swept.ok()) return swept;
  const std::string id = random_id();
  const Outcome outcome =
      run(connection, "INSERT INTO mysql_writer (number, at, id) VALUES (?, UNIX_TIMESTAMP(), ?)",
          {0}, id, 1);
  if (!outcome.ok()) return outcome;
  const Outcome committed = connection.run("COMMIT");
  if (!committed.ok()) return committed;
  id_ = id;
  number_ = 0;
  return {};
}

std::string WriteMark::raising() const {
  return "UPDATE mysql_writer SET number = " + std::to_string(number_ + 1) +
         " WHERE number = " + std::to_string(number_) + " AND id = '" + id_ + "'";
}

Outcome WriteMark::verify(Connection& connection) {
  Outcome outcome =
      run(connection, "UPDATE mysql_writer SET at = UNIX_TIMESTAMP() WHERE number = ? AND id = ?",
          {number_ + 1}, id_, 1);
  if (outcome.fault == Fault::conflict) outcome.fault = Fault::again;
  return outcome;
}

WriteMark::Answer WriteMark::resolve(Connection& connection) {
  // A cluster's node first takes in what was committed elsewhere.
  Outcome outcome = connection.run("SET SESSION wsrep_sync_wait = 1");
  if (outcome.ok()) outcome = connection.run("START TRANSACTION");
  std::string text;
  if (outcome.ok())
    outcome = connection.value(
        "SELECT number FROM mysql_writer WHERE id = '" + id_ + "' FOR UPDATE", text);
  if (!outcome.ok() || text.empty()) return Answer::unknown;
  const std::int64_t number = std::strtoll(text.c_str(), nullptr, 10);
  const Answer answer = number == number_ + 1 ? Answer::committed : Answer::not_committed;
  if (number == number_)
    outcome = run(connection, "UPDATE mysql_writer SET number = ? WHERE number = ? AND id = ?",
                  {number_ + 2, number_}, id_, 1);
  if (outcome.ok()) outcome = connection.run("COMMIT");
  if (outcome.ok()) outcome = connection.run("SET SESSION wsrep_sync_wait = 0");
  if (!outcome.ok()) return Answer::unknown;
  number_ = answer == Answer::committed ? number_ + 1 : number_ + 2;
  return answer;
}

}  // namespace cinnabar::mysql
