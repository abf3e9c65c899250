// The conformance suite of database drivers (cinnabar.database/1): what the kernel relies on, asked
// through the table that crosses the boundary. A driver's test includes this header once and says
//
//   INSTANTIATE_TEST_SUITE_P(Sqlite, DatabaseSuite, ::testing::Values(&make_sqlite_under_test));
//
// with a function that makes an empty database. GoogleTest; one thread but where a test says so.
#pragma once

#include <cinnabar/host.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace cinnabar {

class DatabaseUnderTest {
 public:
  virtual ~DatabaseUnderTest() = default;
  virtual const cinnabar_database* table() = 0;
  virtual void reopen() = 0;  // closes and opens it again; what was committed must be there
  // The same database as another server uses it; outlives neither this nor the other.
  virtual std::unique_ptr<DatabaseUnderTest> another() = 0;
};
using MakeDatabase = std::unique_ptr<DatabaseUnderTest> (*)();

class DatabaseSuite : public ::testing::TestWithParam<MakeDatabase> {
 protected:
  using Group = std::vector<std::vector<Statement>>;

  void SetUp() override {
    under_test_ = GetParam()();
    script(
        "CREATE TABLE suite_item (id VARCHAR(64) PRIMARY KEY, amount BIGINT NOT NULL, "
        "share DOUBLE, note TEXT);"
        "CREATE TABLE suite_log (number INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL)");
  }

  const cinnabar_database* table() { return under_test_->table(); }

  cinnabar_status script(std::string_view sql) {
    detail::TextSink error;
    return table()->script(table()->self, bytes_of(sql), &error.raw);
  }
  cinnabar_status query(std::string_view sql, const std::vector<Json>& params, Rows& rows) {
    std::vector<cinnabar_value> values;
    for (const Json& param : params) values.push_back(detail::value_of(param));
    detail::RowsCollector collector;
    detail::TextSink error;
    const auto status = table()->query(table()->self, bytes_of(sql), values.data(), values.size(),
                                       &collector.raw, &error.raw);
    rows = std::move(collector.result);
    return status;
  }
  Rows query(std::string_view sql, const std::vector<Json>& params = {}) {
    Rows rows;
    EXPECT_EQ(query(sql, params, rows), CINNABAR_OK) << sql;
    return rows;
  }
  std::int64_t number(std::string_view sql, const std::vector<Json>& params = {}) {
    const Rows rows = query(sql, params);
    return rows.rows.empty() ? -1 : rows.rows[0][0].integer();
  }

  std::vector<cinnabar_outcome> commit(const Group& group) { return commit(table(), group); }
  static std::vector<cinnabar_outcome> commit(const cinnabar_database* table, const Group& group) {
    std::vector<std::vector<cinnabar_value>> values;
    std::vector<std::vector<cinnabar_statement>> statements(group.size());
    for (const auto& transaction : group)
      for (const Statement& statement : transaction) {
        auto& params = values.emplace_back();
        for (const Json& param : statement.params) params.push_back(detail::value_of(param));
      }
    std::size_t at = 0;
    std::vector<cinnabar_transaction> raw;
    for (std::size_t i = 0; i < group.size(); ++i) {
      for (const Statement& statement : group[i]) {
        statements[i].push_back(
            {bytes_of(statement.sql), values[at].data(), values[at].size(), statement.expect_rows});
        ++at;
      }
      raw.push_back({statements[i].data(), statements[i].size()});
    }
    std::vector<cinnabar_outcome> outcomes(group.size());
    EXPECT_EQ(table->commit(table->self, raw.data(), raw.size(), outcomes.data()), CINNABAR_OK);
    return outcomes;
  }
  cinnabar_outcome commit_one(std::vector<Statement> transaction) {
    return commit({std::move(transaction)})[0];
  }
  static Statement insert(const std::string& id, std::int64_t amount) {
    return {"INSERT INTO suite_item (id, amount) VALUES (?, ?)", {id, amount}, 1, {}};
  }
  static Statement update(const std::string& id, std::int64_t from, std::int64_t to) {
    return {"UPDATE suite_item SET amount = ? WHERE id = ? AND amount = ?", {to, id, from}, 1, {}};
  }

  std::unique_ptr<DatabaseUnderTest> under_test_;
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DatabaseSuite);

TEST_P(DatabaseSuite, gives_back_every_kind_of_value) {
  const std::string text("\xE7\xAB\xA0 '?\" \\ \0 end", 15);
  ASSERT_EQ(commit_one({{"INSERT INTO suite_item (id, amount, share, note) VALUES (?, ?, ?, ?)",
                         {"a", std::int64_t{1} << 60, 0.25, text},
                         1,
                         {}},
                        {"INSERT INTO suite_item (id, amount, share, note) VALUES (?, ?, ?, ?)",
                         {"b", -1, nullptr, ""},
                         1,
                         {}}})
                .status,
            CINNABAR_OK);
  const Rows rows = query("SELECT id, amount, share, note FROM suite_item ORDER BY id");
  EXPECT_EQ(rows.columns, (std::vector<std::string>{"id", "amount", "share", "note"}));
  ASSERT_EQ(rows.rows.size(), 2u);
  EXPECT_EQ(rows.rows[0][1].integer(), std::int64_t{1} << 60);
  EXPECT_EQ(rows.rows[0][2].number(), 0.25);
  EXPECT_EQ(rows.rows[0][3].text(), text);
  EXPECT_TRUE(rows.rows[1][2].is_null());
  EXPECT_TRUE(rows.rows[1][3].is_text()) << "an empty text is not null";
}

TEST_P(DatabaseSuite, a_failed_expectation_is_a_conflict_and_undoes_its_transaction_only) {
  commit_one({insert("a", 1)});
  const auto outcomes = commit({{insert("b", 1)},
                                {insert("c", 1), update("a", 99, 2), insert("d", 1)},
                                {update("a", 1, 3)}});
  EXPECT_EQ(outcomes[0].status, CINNABAR_OK);
  EXPECT_EQ(outcomes[1].status, CINNABAR_CONFLICT);
  EXPECT_EQ(outcomes[1].failed_statement, 1u);
  EXPECT_EQ(outcomes[2].status, CINNABAR_OK);
  EXPECT_EQ(number("SELECT COUNT(*) FROM suite_item"), 2);
  EXPECT_EQ(number("SELECT amount FROM suite_item WHERE id = 'a'"), 3);
}

TEST_P(DatabaseSuite, a_taken_key_is_a_conflict) {
  const auto outcomes = commit({{insert("a", 1)}, {insert("b", 1), insert("a", 2)}});
  EXPECT_EQ(outcomes[0].status, CINNABAR_OK);
  EXPECT_EQ(outcomes[1].status, CINNABAR_CONFLICT);
  EXPECT_EQ(outcomes[1].failed_statement, 1u);
  EXPECT_NE(std::string(outcomes[1].detail), "");
  EXPECT_EQ(number("SELECT COUNT(*) FROM suite_item"), 1);
}

TEST_P(DatabaseSuite, a_wrong_statement_fails_and_is_no_conflict) {
  const auto outcomes =
      commit({{insert("a", 1), {"UPDATE nowhere SET x = 1", {}, -1, {}}},
              {{"INSERT INTO suite_item (id, amount) VALUES (?, ?)", {"b", nullptr}, 1, {}}},
              {{"INSERT INTO suite_item (id, amount) VALUES (?, ?)", {"c"}, 1, {}}},
              {insert("d", 4)}});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(outcomes[i].status, CINNABAR_FAILED) << i;
  EXPECT_EQ(outcomes[3].status, CINNABAR_OK);
  EXPECT_EQ(number("SELECT COUNT(*) FROM suite_item"), 1);
}

TEST_P(DatabaseSuite, transactions_of_a_group_see_those_before_them) {
  Group group{{insert("a", 0)}};
  for (int i = 0; i < 500; ++i) group.push_back({update("a", i, i + 1)});
  for (const auto& outcome : commit(group)) ASSERT_EQ(outcome.status, CINNABAR_OK);
  EXPECT_EQ(number("SELECT amount FROM suite_item WHERE id = 'a'"), 500);
}

TEST_P(DatabaseSuite, an_empty_transaction_is_fine) {
  EXPECT_EQ(commit_one({}).status, CINNABAR_OK);
  EXPECT_EQ(commit({}).size(), 0u);
}

TEST_P(DatabaseSuite, one_statement_at_a_time_and_the_right_number_of_parameters) {
  Rows rows;
  EXPECT_NE(query("SELECT 1; SELECT 2", {}, rows), CINNABAR_OK);
  EXPECT_NE(query("SELECT ?", {}, rows), CINNABAR_OK);
  EXPECT_NE(query("SELECT ?", {1, 2}, rows), CINNABAR_OK);
  EXPECT_NE(query("", {}, rows), CINNABAR_OK);
  EXPECT_NE(commit_one({{"DELETE FROM suite_item; DELETE FROM suite_log", {}, -1, {}}}).status,
            CINNABAR_OK);
}

TEST_P(DatabaseSuite, a_query_cannot_write) {
  commit_one({insert("a", 1)});
  Rows rows;
  EXPECT_NE(query("DELETE FROM suite_item", {}, rows), CINNABAR_OK);
  EXPECT_NE(query("INSERT INTO suite_log (text) VALUES ('x')", {}, rows), CINNABAR_OK);
  EXPECT_EQ(number("SELECT COUNT(*) FROM suite_item"), 1);
}

TEST_P(DatabaseSuite, the_receiver_may_end_a_query_early) {
  commit({{insert("a", 1)}, {insert("b", 2)}, {insert("c", 3)}});
  int seen = 0;
  const cinnabar_rows rows{
      sizeof rows, &seen,
      [](void*, const cinnabar_bytes*, size_t) -> cinnabar_status { return CINNABAR_OK; },
      [](void* self, const cinnabar_value*, size_t) -> cinnabar_status {
        return ++*static_cast<int*>(self) == 2 ? CINNABAR_FAILED : CINNABAR_OK;
      }};
  table()->query(table()->self, bytes_of("SELECT id FROM suite_item"), nullptr, 0, &rows, nullptr);
  EXPECT_EQ(seen, 2);
  EXPECT_EQ(commit_one({insert("d", 4)}).status, CINNABAR_OK) << "nothing stays locked";
}

TEST_P(DatabaseSuite, the_kernels_own_kinds_of_statement_work) {
  const Statement once{
      "INSERT INTO suite_item (id, amount) SELECT ?, ? FROM (SELECT 1 AS one) AS one "
      "WHERE NOT EXISTS (SELECT 1 FROM suite_item WHERE id = ?)",
      {"a", 1, "a"},
      -1,
      {}};
  const Statement replace{"REPLACE INTO suite_item (id, amount) VALUES (?, ?)", {"b", 7}, -1, {}};
  for (const auto& outcome : commit({{once}, {once}, {replace}, {replace}}))
    EXPECT_EQ(outcome.status, CINNABAR_OK) << outcome.detail;
  EXPECT_EQ(number("SELECT COUNT(*) FROM suite_item"), 2);
  EXPECT_EQ(
      commit_one({{"UPDATE suite_item SET amount = CASE WHEN amount = ? THEN ? ELSE amount END "
                   "WHERE id = ?",
                   {7, 8, "b"},
                   1,
                   {}}})
          .status,
      CINNABAR_OK);
  EXPECT_EQ(number("SELECT MAX(amount) FROM suite_item GROUP BY id ORDER BY 1 DESC LIMIT 1"), 8);
  EXPECT_EQ(number("SELECT COUNT(*) FROM suite_item WHERE id IN (?, ?)", {"a", "z"}), 1);
}

TEST_P(DatabaseSuite, numbers_rise_in_the_order_of_commits) {
  for (const char* text : {"first", "second", "third"})
    commit_one({{"INSERT INTO suite_log (text) VALUES (?)", {text}, 1, {}}});
  const Rows rows = query("SELECT text FROM suite_log ORDER BY number");
  ASSERT_EQ(rows.rows.size(), 3u);
  EXPECT_EQ(rows.rows[2][0].text(), "third");
}

TEST_P(DatabaseSuite, a_script_is_all_or_nothing) {
  EXPECT_NE(script("CREATE TABLE suite_more (id INTEGER PRIMARY KEY);"
                   "INSERT INTO suite_log (text) VALUES ('x'); INSERT INTO nowhere VALUES (1);"),
            CINNABAR_OK);
  EXPECT_EQ(number("SELECT COUNT(*) FROM suite_log"), 0);
  EXPECT_EQ(commit_one({insert("a", 1)}).status, CINNABAR_OK) << "no transaction stays open";
}

TEST_P(DatabaseSuite, what_was_committed_is_there_after_opening_again) {
  const std::string large(1'000'000, 'x');
  commit_one(
      {insert("a", 1), {"UPDATE suite_item SET note = ? WHERE id = ?", {large, "a"}, 1, {}}});
  under_test_->reopen();
  EXPECT_EQ(query("SELECT note FROM suite_item WHERE id = 'a'").rows.at(0)[0].text(), large);
}

// Money moves between two rows; every reader at every moment must see the same sum.
TEST_P(DatabaseSuite, readers_on_many_threads_see_whole_transactions) {
  commit_one({insert("a", 1'000), insert("b", 0)});
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0}, read{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 12; ++i)
    readers.emplace_back([&] {
      while (!stop || read < 12) {
        wrong += number("SELECT SUM(amount) FROM suite_item") != 1'000;
        ++read;
      }
    });
  for (int i = 0; i < 200; ++i)
    EXPECT_EQ(commit_one({update("a", 1'000 - i, 999 - i), update("b", i, i + 1)}).status,
              CINNABAR_OK);
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(number("SELECT amount FROM suite_item WHERE id = 'b'"), 200);
}

// What only one of the databases would do by itself: a driver makes them alike.
TEST_P(DatabaseSuite, a_guard_counts_the_row_that_it_finds_even_unchanged) {
  commit_one({insert("a", 1)});
  EXPECT_EQ(commit_one({update("a", 1, 1)}).status, CINNABAR_OK);
  EXPECT_EQ(commit_one({update("a", 2, 2)}).status, CINNABAR_CONFLICT);
}

TEST_P(DatabaseSuite, an_update_sees_the_row_as_it_was) {
  commit_one({{"INSERT INTO suite_item (id, amount, share) VALUES ('a', 1, 2)", {}, 1, {}},
              {"UPDATE suite_item SET amount = share, share = amount WHERE id = 'a'", {}, 1, {}}});
  EXPECT_EQ(number("SELECT amount FROM suite_item WHERE id = 'a'"), 2);
  EXPECT_EQ(number("SELECT COUNT(*) FROM suite_item WHERE share = 1"), 1);
}

TEST_P(DatabaseSuite, texts_are_compared_byte_by_byte) {
  for (const char* id : {"a", "A", "a ", "\xC3\xA4", "b"})
    EXPECT_EQ(commit_one({insert(id, 1)}).status, CINNABAR_OK) << id;
  const Rows rows = query("SELECT id FROM suite_item ORDER BY id");
  ASSERT_EQ(rows.rows.size(), 5u);
  const char* sorted[] = {"A", "a", "a ", "b", "\xC3\xA4"};
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(rows.rows[i][0].text(), sorted[i]);
  EXPECT_EQ(number("SELECT COUNT(*) FROM suite_item WHERE id = ?", {"a"}), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM suite_item WHERE 'a\\' || 'b' = ?", {"a\\b"}), 5);
}

TEST_P(DatabaseSuite, whole_numbers_stay_whole_and_long_texts_long) {
  const std::string text(70'000, 'x');
  commit({{insert("a", 3)}, {insert("b", 4)}});
  EXPECT_TRUE(query("SELECT SUM(amount) FROM suite_item").rows.at(0)[0].is_integer());
  EXPECT_EQ(commit_one({{"UPDATE suite_item SET note = ?", {text}, 2, {}}}).status, CINNABAR_OK);
  EXPECT_EQ(query("SELECT note FROM suite_item WHERE id = 'b'").rows.at(0)[0].text(), text);
}

TEST_P(DatabaseSuite, a_script_that_failed_can_be_run_again) {
  const std::string good =
      "CREATE TABLE suite_more (id INTEGER PRIMARY KEY, text TEXT);"
      "CREATE INDEX suite_more_id ON suite_more (id);";
  EXPECT_NE(script(good + "INSERT INTO nowhere VALUES (1)"), CINNABAR_OK);
  EXPECT_EQ(script(good + "INSERT INTO suite_more VALUES (1, 'one; two')"), CINNABAR_OK);
  EXPECT_EQ(query("SELECT text FROM suite_more").rows.at(0)[0].text(), "one; two");
  EXPECT_NE(script(good), CINNABAR_OK) << "it is there";
  EXPECT_EQ(number("SELECT COUNT(*) FROM suite_more"), 1) << "and was there before";
}

// Of two servers that change one row at the same time, one wins and the other is told.
TEST_P(DatabaseSuite, two_servers_lose_no_update) {
  commit_one({insert("a", 0)});
  const auto other = under_test_->another();
  constexpr int kEach = 60;
  std::atomic<int> unexpected{0};
  const auto count_up = [&](const cinnabar_database* at) {
    for (int done = 0; done < kEach;) {
      detail::RowsCollector rows;
      if (at->query(at->self, bytes_of("SELECT amount FROM suite_item WHERE id = 'a'"), nullptr, 0,
                    &rows.raw, nullptr) != CINNABAR_OK)
        return;
      const std::int64_t seen = rows.result.rows.at(0)[0].integer();
      const auto outcome = commit(at, {{update("a", seen, seen + 1)}})[0];
      done += outcome.status == CINNABAR_OK;
      unexpected += outcome.status != CINNABAR_OK && outcome.status != CINNABAR_CONFLICT;
    }
  };
  std::thread second([&] { count_up(other->table()); });
  count_up(table());
  second.join();
  EXPECT_EQ(unexpected, 0);
  EXPECT_EQ(number("SELECT amount FROM suite_item WHERE id = 'a'"), 2 * kEach);
}

// Groups of two servers meet in opposite orders: whatever the database does about the deadlock,
// each transaction is there wholly, once, or was refused.
TEST_P(DatabaseSuite, groups_that_meet_in_opposite_orders_all_end) {
  commit({{insert("a", 0)}, {insert("b", 0)}});
  const auto other = under_test_->another();
  const auto add = [](const char* id) {
    return std::vector<Statement>{
        {"UPDATE suite_item SET amount = amount + 1 WHERE id = ?", {id}, 1, {}},
        {"INSERT INTO suite_log (text) VALUES (?)", {id}, 1, {}}};
  };
  std::atomic<int> committed{0};
  const auto run = [&](const cinnabar_database* at, const char* first, const char* second) {
    for (int i = 0; i < 80; ++i)
      for (const auto& outcome : commit(at, {add(first), add(second)}))
        committed += outcome.status == CINNABAR_OK;
  };
  std::thread second([&] { run(other->table(), "b", "a"); });
  run(table(), "a", "b");
  second.join();
  EXPECT_GT(committed, 0);
  EXPECT_EQ(number("SELECT SUM(amount) FROM suite_item"), committed);
  EXPECT_EQ(number("SELECT COUNT(*) FROM suite_log"), committed);
}

}  // namespace cinnabar
