#include "kernel/db/expired_rows.hpp"

#include "kernel/base/test_storage.hpp"
#include "kernel/db/migrations.hpp"

namespace cinnabar::kernel {
namespace {

class ExpiredRowsTest : public ::testing::Test {
 protected:
  ExpiredRowsTest() { migrate(db_, {}, 1); }

  void open_session(const std::string& token, std::int64_t in_ms) {
    Commit commit;
    commit.writes.sessions.push_back({token, "per_a", "per_a", Time{clocks_.real_ms() + in_ms}});
    committer_.commit(std::move(commit));
  }
  void answer(const std::string& key) {
    Commit commit;
    commit.idempotency = IdempotencyRecord{"per_a POST /x", key, "f00d", "{}"};
    committer_.commit(std::move(commit));
  }
  std::vector<std::string> texts(const std::string& sql) {
    std::vector<std::string> out;
    for (const auto& row : db_.query(sql).rows) out.push_back(row[0].text());
    return out;
  }
  std::vector<std::string> sessions() {
    return texts("SELECT token_sha256 FROM kernel_session ORDER BY token_sha256");
  }
  std::vector<std::string> keys() {
    return texts("SELECT idempotency_key FROM kernel_idempotency ORDER BY idempotency_key");
  }

  testing::TestFolder folder_;
  std::unique_ptr<TestPlugin> plugin_ = test_database(folder_.path);
  Db db_{database_of(*plugin_)};
  ManualClocks clocks_;
  Committer committer_{db_, clocks_};
  ExpiredRows expired_{db_, committer_, clocks_};
};

using Texts = std::vector<std::string>;

TEST_F(ExpiredRowsTest, the_first_sweep_deletes_what_has_expired_and_nothing_else) {
  answer("old");
  clocks_.advance(kIdempotencyKeptMs - 1'000);
  answer("new");
  clocks_.advance(1'000);
  open_session("ended", 0);
  open_session("open", 1);
  EXPECT_FALSE(expired_.sweep());
  EXPECT_EQ(sessions(), Texts{"open"});
  EXPECT_EQ(keys(), Texts{"new"});
}

TEST_F(ExpiredRowsTest, an_answer_is_kept_for_the_whole_of_its_time) {
  answer("key");
  clocks_.advance(kIdempotencyKeptMs - 1);
  expired_.sweep();
  EXPECT_EQ(keys(), Texts{"key"});
}

TEST_F(ExpiredRowsTest, sweeps_again_after_the_pause_and_not_before) {
  open_session("ended", 1);
  EXPECT_FALSE(expired_.sweep());
  clocks_.advance(kSweepPauseMs - 1);
  EXPECT_FALSE(expired_.sweep());
  EXPECT_EQ(sessions(), Texts{"ended"});
  clocks_.advance(1);
  EXPECT_FALSE(expired_.sweep());
  EXPECT_EQ(sessions(), Texts{});
}

TEST_F(ExpiredRowsTest, many_rows_go_in_batches_without_a_pause_between_them) {
  // Each with a time of its own, as a batch ends at a time.
  Commit commit;
  for (std::int64_t i = 0; i < kSweepBatchSize + 1; ++i)
    commit.writes.sessions.push_back(
        {std::to_string(i), "per_a", "per_a", Time{clocks_.real_ms() - i}});
  committer_.commit(std::move(commit));
  EXPECT_TRUE(expired_.sweep());
  EXPECT_EQ(sessions(), Texts{"0"}) << "the oldest go first";
  EXPECT_FALSE(expired_.sweep());
  EXPECT_EQ(sessions(), Texts{});
}

// The times are looked up by an index, however many rows have not expired.
TEST_F(ExpiredRowsTest, finds_what_has_expired_by_an_index) {
  for (const std::string table : {"kernel_session", "kernel_idempotency"})
    EXPECT_EQ(texts("SELECT name FROM sqlite_master WHERE type = 'index' AND name = '" + table +
                    "_expiry'")
                  .size(),
              1u)
        << table;
}

}  // namespace
}  // namespace cinnabar::kernel
