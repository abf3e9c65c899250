#include "kernel/db/committer.hpp"

#include "kernel/base/test_storage.hpp"
#include "kernel/db/migrations.hpp"
#include "kernel/event/chain.hpp"
#include "kernel/event/event_format.hpp"

#include <atomic>
#include <thread>

namespace cinnabar::kernel {
namespace {

class CommitterTest : public ::testing::Test {
 protected:
  CommitterTest() {
    migrate(db_, {}, 1);
    db_.script(
        "CREATE TABLE note_item (id VARCHAR(64) PRIMARY KEY, amount BIGINT NOT NULL);"
        "CREATE TABLE other_item (id VARCHAR(64) PRIMARY KEY)");
    committer_.table_prefixes({{"com.example.note", "note_"}, {"com.example.other", "other_"}});
  }

  Commit note(WriteSet writes) {
    Commit commit;
    commit.writes = std::move(writes);
    commit.plugin = "com.example.note";
    commit.table_prefix = "note_";
    return commit;
  }
  // The code of the error, or nothing.
  std::string outcome(Commit commit) {
    try {
      committer_.commit(std::move(commit));
      return "";
    } catch (const Error& error) {
      return error.code();
    }
  }
  static WriteSet insert(const std::string& id, std::int64_t amount = 0) {
    WriteSet writes;
    writes.run("INSERT INTO note_item (id, amount) VALUES (?, ?)", {id, amount}, 1);
    return writes;
  }
  static EventDraft event(const std::string& aggregate, std::int64_t value = 0) {
    return {"note.changed", aggregate, "ent_a", "per_a", Json::object().set("value", value)};
  }
  std::int64_t number(std::string_view sql, const std::vector<Json>& params = {}) {
    return db_.query_value(sql, params).integer();
  }

  testing::TestFolder folder_;
  std::unique_ptr<TestPlugin> plugin_ = test_database(folder_.path);
  Db db_{database_of(*plugin_)};
  ManualClocks clocks_;
  Committer committer_{db_, clocks_};
};

TEST_F(CommitterTest, writes_everything_of_a_write_set) {
  WriteSet writes = insert("a", 7);
  writes.events.push_back(event("con_1"));
  writes.jobs.push_back({"remind", "ent_a", "", Time{5'000}, Json::object().set("n", 1)});
  writes.grants.push_back({"con_1", "ent_b", "party", "ent_a", "per_1", "dep_1"});
  writes.sessions.push_back({"f00d", "per_a", "ent_a", Time{9'000}});
  writes.blobs.push_back("sha256:aa");
  Commit commit = note(writes);
  commit.trace = "req_1";
  commit.idempotency = IdempotencyRecord{"per_a", "key", "fff", "{}"};
  commit.audit = AuditRecord{"note.create", "per_a", "ent_a", "con_1", "::1", 201};
  ASSERT_EQ(outcome(commit), "");
  EXPECT_EQ(number("SELECT amount FROM note_item WHERE id = 'a'"), 7);
  EXPECT_EQ(number("SELECT run_at FROM kernel_job WHERE plugin = 'com.example.note'"), 5'000);
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_reach WHERE role = 'party' AND handler = 'per_1' "
                   "AND department = 'dep_1'"),
            1);
  EXPECT_EQ(number("SELECT expires FROM kernel_session WHERE token_sha256 = 'f00d'"), 9'000);
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_blob"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_idempotency WHERE answer = '{}'"), 1);
  EXPECT_EQ(number("SELECT status FROM kernel_audit WHERE trace = 'req_1'"), 201);
  const Chain chain = read_chain(db_, "con_1", 0, 10);
  ASSERT_EQ(chain.events.size(), 1u);
  EXPECT_TRUE(chain.intact);
  EXPECT_EQ(chain.events[0].data["value"].integer(-1), 0);
  EXPECT_EQ(chain.events[0].previous_hash, kNoHash);
  EXPECT_EQ(chain.events[0].at.ms, clocks_.business_ms());
}

TEST_F(CommitterTest, the_epoch_of_a_changed_owner_rises) {
  const auto epoch = [&](const char* owner) {
    return number("SELECT epoch FROM kernel_epoch WHERE owner = ?", {owner});
  };
  WriteSet writes, other;
  writes.changed_owners = {"ent_a"};
  other.changed_owners = {"", "ent_a"};
  ASSERT_FALSE(writes.empty());
  ASSERT_EQ(outcome(note(writes)), "");
  EXPECT_EQ(epoch("ent_a"), 1) << "the first change";
  writes.merge(other);
  ASSERT_EQ(outcome(note(writes)), "");
  EXPECT_EQ(epoch("ent_a"), 3);
  EXPECT_EQ(epoch(""), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_epoch"), 2);
}

TEST_F(CommitterTest, a_conflict_writes_nothing) {
  ASSERT_EQ(outcome(note(insert("a"))), "");
  WriteSet writes = insert("b");
  writes.events.push_back(event("con_1"));
  writes.jobs.push_back({"remind", "ent_a", "", Time{}, Json()});
  writes.run("UPDATE note_item SET amount = 1 WHERE id = ? AND amount = ?", {"a", 99}, 1);
  EXPECT_EQ(outcome(note(writes)), "conflict");
  EXPECT_EQ(number("SELECT COUNT(*) FROM note_item"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_event"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_job"), 0);
  EXPECT_EQ(outcome(note(insert("a"))), "conflict") << "a taken key";
}

TEST_F(CommitterTest, the_second_of_two_requests_with_one_key_is_a_conflict) {
  Commit first = note(insert("a")), second = note(insert("b"));
  first.idempotency = second.idempotency = IdempotencyRecord{"per_a", "key", "fff", "{}"};
  EXPECT_EQ(outcome(first), "");
  EXPECT_EQ(outcome(second), "conflict");
  EXPECT_EQ(number("SELECT COUNT(*) FROM note_item"), 1);
}

TEST_F(CommitterTest, statements_keep_to_the_tables_of_their_plugin) {
  WriteSet foreign;
  foreign.run("INSERT INTO other_item (id) VALUES ('x')", {});
  EXPECT_EQ(outcome(note(foreign)), "database.table_refused");
  foreign.statements[0].plugin = "com.example.other";
  EXPECT_EQ(outcome(note(foreign)), "") << "a contribution of that plugin";
  foreign.statements[0].sql = "DELETE FROM note_item";
  EXPECT_EQ(outcome(note(foreign)), "database.table_refused");
  foreign.statements[0].plugin = "com.example.unknown";
  EXPECT_EQ(outcome(note(foreign)), "internal");
}

TEST_F(CommitterTest, events_of_one_aggregate_follow_each_other_within_a_write_set) {
  WriteSet writes;
  for (int i = 0; i < 5; ++i) writes.events.push_back(event(i % 2 ? "con_1" : "con_2", i));
  ASSERT_EQ(outcome(note(writes)), "");
  ASSERT_EQ(outcome(note(writes)), "");
  const Chain chain = read_chain(db_, "con_2", 0, 100);
  ASSERT_EQ(chain.events.size(), 6u);
  EXPECT_TRUE(chain.intact);
  EXPECT_EQ(chain.events[5].chain_index, 6);
  EXPECT_EQ(chain.events[5].previous_hash, chain.events[4].hash);
  EXPECT_TRUE(check_all_chains(db_).empty());
}

// Many threads append to few chains, and many of them fail on purpose: what a failed write-set of
// a group had linked must not stay in the chain of those behind it.
TEST_F(CommitterTest, chains_stay_intact_when_write_sets_of_a_group_fail) {
  std::atomic<int> good{0}, conflicts{0}, others{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 60; ++i) {
        WriteSet writes = insert(i % 3 == 0 ? "taken" : std::to_string(t * 1000 + i));
        writes.events.push_back(event("con_" + std::to_string(i % 2), i));
        writes.events.push_back(event("con_" + std::to_string(t % 4), i));
        const std::string code = outcome(note(writes));
        ++(code.empty() ? good : code == "conflict" ? conflicts : others);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(others, 0);
  EXPECT_EQ(good + conflicts, 480);
  EXPECT_EQ(conflicts, 8 * 20 - 1) << "only those with the taken key";
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_event"), good * 2);
  EXPECT_TRUE(check_all_chains(db_).empty());
}

TEST_F(CommitterTest, a_chain_that_another_node_extended_is_followed) {
  Committer other(db_, clocks_);
  WriteSet writes;
  writes.events.push_back(event("con_1"));
  for (int i = 0; i < 3; ++i) {
    committer_.commit(note(writes));
    other.commit(note(writes));
  }
  EXPECT_EQ(read_chain(db_, "con_1", 0, 100).events.size(), 6u);
  EXPECT_TRUE(check_all_chains(db_).empty());
}

TEST_F(CommitterTest, a_job_with_the_key_of_an_open_one_moves_it) {
  WriteSet writes;
  writes.jobs.push_back({"remind", "ent_a", "con_1", Time{5'000}, Json("first")});
  committer_.commit(note(writes));
  writes.jobs[0].run_at = Time{8'000};
  writes.jobs[0].data = "second";
  committer_.commit(note(writes));
  writes.jobs[0].kind = "expire";
  committer_.commit(note(writes));
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_job"), 2);
  EXPECT_EQ(number("SELECT run_at FROM kernel_job WHERE kind = 'remind'"), 8'000);
  EXPECT_EQ(db_.query_value("SELECT data FROM kernel_job WHERE kind = 'remind'").text(),
            "\"second\"");
}

TEST_F(CommitterTest, an_empty_role_takes_every_grant_away) {
  WriteSet writes;
  for (const char* role : {"party", "reader", "party"})
    writes.grants.push_back({"con_1", "ent_b", role, "ent_a"});
  writes.grants.push_back({"con_1", "ent_c", "party", "ent_a"});
  committer_.commit(note(writes));
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_reach"), 3);
  WriteSet taken;
  taken.grants.push_back({"con_1", "ent_b", "", "ent_a"});
  committer_.commit(note(taken));
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_reach"), 1);
}

TEST_F(CommitterTest, a_revoked_session_is_gone) {
  WriteSet writes;
  writes.sessions.push_back({"f00d", "per_a", "", Time{9'000}});
  committer_.commit(note(writes));
  WriteSet revoked;
  revoked.revoked_sessions.push_back("f00d");
  committer_.commit(note(revoked));
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_session"), 0);
}

TEST_F(CommitterTest, an_event_that_does_not_fit_is_refused_alone) {
  WriteSet writes = insert("a");
  writes.events.push_back(event("con_1"));
  writes.events[0].data = std::string(70'000, 'x');
  EXPECT_EQ(outcome(note(writes)), "event.too_large");
  EXPECT_EQ(outcome(note(insert("a"))), "");
}

TEST_F(CommitterTest, wakes_those_who_wait_for_events_and_jobs) {
  std::atomic<int> woken{0};
  committer_.on_committed([&] { ++woken; });
  committer_.commit(note(insert("a")));
  WriteSet writes = insert("b");
  writes.events.push_back(event("con_1"));
  committer_.commit(note(writes));
  committer_.stop();
  EXPECT_EQ(woken, 1);
}

TEST_F(CommitterTest, after_the_stop_it_takes_nothing) {
  committer_.stop();
  EXPECT_EQ(outcome(note(insert("a"))), "server.stopping");
}

}  // namespace
}  // namespace cinnabar::kernel
