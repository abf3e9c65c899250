#include "kernel/event/chain.hpp"

#include "kernel/base/ids.hpp"
#include "kernel/base/test_storage.hpp"
#include "kernel/db/committer.hpp"
#include "kernel/db/migrations.hpp"
#include "kernel/event/event_format.hpp"

namespace cinnabar::kernel {
namespace {

class ChainTest : public ::testing::Test {
 protected:
  ChainTest() {
    migrate(db_, {}, 1);
    Committer committer(db_, clocks_);
    for (int i = 0; i < 4; ++i) {
      Commit commit;
      for (const char* aggregate : {"con_a", "con_b"})
        commit.writes.events.push_back(
            {"contract.signed", aggregate, "ent_a", "per_a", Json::object().set("n", i)});
      committer.commit(std::move(commit));
    }
  }
  // As somebody with access to the file would.
  void tamper(std::string_view sql) { db_.script(sql); }
  std::vector<std::string> faults() {
    std::vector<std::string> out;
    for (const ChainFault& fault : check_all_chains(db_))
      out.push_back(fault.aggregate + " " + std::to_string(fault.chain_index));
    return out;
  }

  testing::TestFolder folder_;
  std::unique_ptr<TestPlugin> plugin_ = test_database(folder_.path);
  Db db_{database_of(*plugin_)};
  ManualClocks clocks_;
};

TEST_F(ChainTest, the_stored_bytes_and_their_hash_are_as_documented) {
  const Chain chain = read_chain(db_, "con_a", 0, 1);
  const StoredEvent& event = chain.events.at(0);
  EXPECT_EQ(event.stored,
            R"({"encoding":"cinnabar.event/1","hash":"sha-256","id":")" + event.id +
                R"(","type":"contract.signed","aggregate":"con_a","index":1,"owner":"ent_a",)" +
                R"("actor":"per_a","at":"2023-11-14T22:13:20.000Z","data":{"n":0}})");
  EXPECT_EQ(event.hash, sha256_hex(std::string(64, '0') + event.stored));
}

TEST_F(ChainTest, an_untouched_chain_is_intact_from_wherever_it_is_read) {
  EXPECT_TRUE(faults().empty());
  for (int after = 0; after <= 5; ++after) {
    const Chain chain = read_chain(db_, "con_a", after, 2);
    EXPECT_TRUE(chain.intact) << after;
    EXPECT_EQ(chain.events.size(), static_cast<std::size_t>(std::clamp(4 - after, 0, 2)));
  }
  EXPECT_TRUE(read_chain(db_, "con_unknown", 0, 10).intact);
}

TEST_F(ChainTest, changed_bytes_are_found) {
  tamper(
      "UPDATE kernel_event SET stored = REPLACE(stored, '\"n\":2', '\"n\":9') "
      "WHERE aggregate = 'con_a'");
  EXPECT_EQ(faults(), std::vector<std::string>{"con_a 3"});
  EXPECT_FALSE(read_chain(db_, "con_a", 0, 10).intact);
  EXPECT_FALSE(read_chain(db_, "con_a", 2, 1).intact);
  EXPECT_TRUE(read_chain(db_, "con_b", 0, 10).intact);
}

TEST_F(ChainTest, a_column_that_says_something_else_is_found) {
  tamper("UPDATE kernel_event SET actor = 'per_b' WHERE aggregate = 'con_a' AND chain_index = 1");
  EXPECT_EQ(faults(), std::vector<std::string>{"con_a 1"});
}

TEST_F(ChainTest, a_missing_event_is_found_at_the_beginning_within_and_at_the_end) {
  tamper("DELETE FROM kernel_event WHERE aggregate = 'con_b' AND chain_index = 4");
  EXPECT_EQ(faults(), std::vector<std::string>{"con_b 3"});
  EXPECT_FALSE(read_chain(db_, "con_b", 0, 10).intact);
  tamper("DELETE FROM kernel_event WHERE aggregate = 'con_b' AND chain_index = 2");
  EXPECT_EQ(faults(), (std::vector<std::string>{"con_b 3", "con_b 3"}));
  tamper("DELETE FROM kernel_event WHERE aggregate = 'con_a' AND chain_index = 1");
  EXPECT_FALSE(read_chain(db_, "con_a", 0, 10).intact);
  tamper("DELETE FROM kernel_event WHERE aggregate = 'con_a'");
  EXPECT_EQ(faults().back(), "con_a 4");
}

TEST_F(ChainTest, a_rewritten_history_does_not_end_where_the_chain_ends) {
  const StoredEvent last = read_chain(db_, "con_a", 3, 1).events.at(0);
  std::string stored = last.stored;
  stored.replace(stored.find("\"n\":3"), 5, "\"n\":7");
  const std::string hash = event_hash(last.previous_hash, stored);
  tamper("UPDATE kernel_event SET stored = '" + stored + "', hash = '" + hash +
         "' WHERE aggregate = 'con_a' AND chain_index = 4");
  EXPECT_EQ(faults(), std::vector<std::string>{"con_a 4"});
}

TEST_F(ChainTest, a_chain_without_a_head_is_found) {
  tamper("DELETE FROM kernel_chain WHERE aggregate = 'con_a'");
  EXPECT_EQ(faults(), std::vector<std::string>{"con_a 4"});
}

}  // namespace
}  // namespace cinnabar::kernel
