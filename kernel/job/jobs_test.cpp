#include "kernel/job/jobs.hpp"

#include "kernel/base/backoff.hpp"
#include "kernel/base/test_signal.hpp"
#include "kernel/base/test_storage.hpp"
#include "kernel/db/migrations.hpp"
#include "kernel/event/plugin_away.hpp"
#include "kernel/job/job_rows.hpp"

#include <atomic>

namespace cinnabar::kernel {
namespace {

class JobsTest : public ::testing::Test {
 protected:
  JobsTest() {
    migrate(db_, {}, 1);
    db_.script("CREATE TABLE work_done (id VARCHAR(64) PRIMARY KEY, text TEXT NOT NULL)");
    committer_.table_prefixes({{"com.example.work", "work_"}});
  }
  ~JobsTest() override {
    if (jobs_) jobs_->stop();
  }

  void ask(const std::string& data, std::int64_t in_ms = 0, const std::string& key = {}) {
    Commit commit;
    commit.plugin = "com.example.work";
    commit.writes.jobs.push_back(
        {"work", "ent_a", key, Time{clocks_.business_ms() + in_ms}, Json(data)});
    committer_.commit(std::move(commit));
  }
  // A job with a key that has had that many attempts.
  void tried(std::int64_t attempts) {
    db_.script(
        "INSERT INTO kernel_job VALUES ('job_1', 'com.example.work', 'work', 'ent_a', 'key', 0, "
        "0, 'waiting', " +
        std::to_string(attempts) + ", '', 0, '', '\"x\"')");
  }
  static WriteSet done(const JobCall& job) {
    WriteSet writes;
    writes.run("INSERT INTO work_done (id, text) VALUES (?, ?)", {job.id, job.data.text()}, 1);
    return writes;
  }
  void start(Runner runner, JobSettings settings = {}) {
    jobs_ = std::make_unique<Jobs>(db_, committer_, clocks_, std::move(runner), settings);
    committer_.on_committed([this] { jobs_->wake(); });
    jobs_->start();
  }
  Runner work_well() {
    return [this](const std::string&, const JobCall& job, const CommitWrites& commit) {
      commit(done(job));
      heard_.add(job.data.text());
    };
  }
  std::int64_t number(std::string_view sql) { return db_.query_value(sql).integer(); }

  testing::TestFolder folder_;
  std::unique_ptr<TestPlugin> plugin_ = test_database(folder_.path);
  Db db_{database_of(*plugin_)};
  ManualClocks clocks_;
  std::unique_ptr<Jobs> jobs_;  // outlives the committer, whose thread wakes it
  Committer committer_{db_, clocks_};
  Heard<std::string> heard_;
};

TEST_F(JobsTest, runs_what_is_due_and_takes_its_row_away) {
  ask("before the start");
  start(work_well());
  ask("after the start");
  EXPECT_EQ(heard_.wait(2).size(), 2u);
  jobs_->stop();
  EXPECT_EQ(number("SELECT COUNT(*) FROM work_done"), 2);
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_job"), 0);
}

TEST_F(JobsTest, waits_for_the_business_clock) {
  start(work_well());
  ask("later", 3'600'000);
  ask("now");
  EXPECT_EQ(heard_.wait(1), std::vector<std::string>{"now"});
  EXPECT_EQ(count_jobs(db_).waiting, 1);
  clocks_.advance(3'600'000);
  jobs_->wake();
  EXPECT_EQ(heard_.wait(2).back(), "later");
}

TEST_F(JobsTest, many_jobs_on_several_threads_run_once_each) {
  start(work_well());
  for (int i = 0; i < 60; ++i) ask(std::to_string(i));
  EXPECT_EQ(heard_.wait(60).size(), 60u);
  jobs_->stop();
  EXPECT_EQ(number("SELECT COUNT(*) FROM work_done"), 60);
}

TEST_F(JobsTest, two_nodes_share_the_work) {
  Jobs second(db_, committer_, clocks_, work_well(), {"node_b", 2});
  start(work_well(), {"node_a", 2});
  second.start();
  for (int i = 0; i < 60; ++i) {
    ask(std::to_string(i));
    second.wake();
  }
  EXPECT_EQ(heard_.wait(60).size(), 60u);
  jobs_->stop();
  second.stop();
  EXPECT_EQ(number("SELECT COUNT(*) FROM work_done"), 60);
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_job"), 0);
}

TEST_F(JobsTest, a_failing_job_is_tried_again_later_and_counts_its_attempts) {
  start([this](const std::string&, const JobCall& job, const CommitWrites& commit) {
    heard_.add(std::to_string(job.attempt));
    if (job.attempt < 3) throw Error("work.broken");
    commit(done(job));
    heard_.add("done");
  });
  ask("x");
  for (std::int64_t attempt = 1; attempt < 3; ++attempt) {
    heard_.wait(static_cast<std::size_t>(attempt));
    jobs_->stop();  // so that the failure is written before the clock moves
    clocks_.advance(backoff_ms(attempt));
    start([this](const std::string&, const JobCall& job, const CommitWrites& commit) {
      heard_.add(std::to_string(job.attempt));
      if (job.attempt < 3) throw Error("work.broken");
      commit(done(job));
      heard_.add("done");
    });
  }
  EXPECT_EQ(heard_.wait(4), (std::vector<std::string>{"1", "2", "3", "done"}));
}

TEST_F(JobsTest, a_job_whose_plugin_is_away_waits_and_counts_no_attempts) {
  tried(kAttemptsMax - 1);
  for (const std::string code : {"plugin.not_bound", "plugin.disabled", "job.plugin_missing"}) {
    Heard<std::string> begun;
    start([&](const std::string&, const JobCall&, const CommitWrites&) {
      begun.add("");
      throw Error(code, {}, {}, CINNABAR_UNSUPPORTED);
    });
    EXPECT_EQ(begun.wait(1).size(), 1u) << code;
    jobs_->stop();  // so that the failure is written before the clock moves
    EXPECT_EQ(number("SELECT attempts FROM kernel_job WHERE state = 'waiting'"), kAttemptsMax - 1)
        << code;
    EXPECT_EQ(number("SELECT run_at FROM kernel_job"), clocks_.business_ms() + kPluginAwayMs);
    EXPECT_NE(db_.query_value("SELECT detail FROM kernel_job").text().find(code),
              std::string::npos);
    clocks_.advance(kPluginAwayMs);
  }
  start(work_well());
  EXPECT_EQ(heard_.wait(1), std::vector<std::string>{"x"});
}

// Each time it runs, the process dies and comes back under its name.
TEST_F(JobsTest, a_job_that_ends_its_process_each_time_is_given_up) {
  tried(0);
  JobRows rows(db_, committer_, clocks_, "node_a");
  for (std::int64_t attempt = 1; attempt <= kAttemptsMax; ++attempt) {
    ASSERT_EQ(rows.claim(1).size(), 1u) << attempt;
    rows.take_back_own();
  }
  EXPECT_EQ(rows.claim(1).size(), 0u);
  EXPECT_EQ(count_jobs(db_).dead, 1);
  EXPECT_NE(db_.query_value("SELECT detail FROM kernel_job").text(), "");
  ask("again", 0, "key");
  EXPECT_EQ(rows.claim(1).size(), 1u);
}

TEST_F(JobsTest, a_job_that_ends_process_after_process_is_given_up_when_the_last_lease_ends) {
  tried(kAttemptsMax - 2);
  JobRows gone(db_, committer_, clocks_, "node_gone"),
      other(db_, committer_, clocks_, "node_other");
  for (const std::int64_t dead : {0, 1}) {
    ASSERT_EQ(gone.claim(1).size(), 1u);
    clocks_.advance(kLeaseMs + 1);
    other.free_expired();
    EXPECT_EQ(count_jobs(db_).dead, dead);
    EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_job WHERE lease_owner = ''"), 1);
  }
}

TEST_F(JobsTest, what_fails_for_ever_is_dead_until_it_is_asked_for_again) {
  tried(kAttemptsMax - 1);
  std::atomic<bool> broken{true};
  start([&](const std::string&, const JobCall& job, const CommitWrites& commit) {
    heard_.add("ran");
    if (broken) throw Error("work.broken");
    commit(done(job));
    heard_.add("done");
  });
  heard_.wait(1);
  jobs_->stop();
  EXPECT_EQ(count_jobs(db_).dead, 1);
  EXPECT_NE(db_.query_value("SELECT detail FROM kernel_job").text().find("work.broken"),
            std::string::npos);
  broken = false;
  start([&](const std::string&, const JobCall& job, const CommitWrites& commit) {
    commit(done(job));
    heard_.add("done");
  });
  ask("again", 0, "key");
  EXPECT_EQ(heard_.wait(2).back(), "done");
}

TEST_F(JobsTest, a_conflict_is_computed_again_at_once) {
  std::atomic<int> runs{0};
  start([&](const std::string&, const JobCall& job, const CommitWrites& commit) {
    WriteSet writes = done(job);
    if (++runs < 3) writes.run("UPDATE work_done SET text = 'x' WHERE id = 'none'", {}, 1);
    commit(std::move(writes));
    heard_.add("done");
  });
  ask("x");
  heard_.wait(1);
  EXPECT_EQ(runs, 3);
}

TEST_F(JobsTest, a_job_may_ask_for_its_own_next_run) {
  start([&](const std::string&, const JobCall& job, const CommitWrites& commit) {
    WriteSet writes = done(job);
    writes.jobs.push_back(
        {"work", "ent_a", "daily", Time{clocks_.business_ms() + 86'400'000}, Json("next")});
    commit(std::move(writes));
    heard_.add(job.data.text());
  });
  ask("first", 0, "daily");
  heard_.wait(1);
  jobs_->stop();
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_job WHERE state = 'waiting' AND attempts = 0"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM work_done"), 1);
}

// Somebody moves the job to later while it runs on what it knew before: that run must not count.
TEST_F(JobsTest, a_job_that_is_moved_while_it_runs_runs_at_its_new_time_only) {
  Heard<std::string> begun, release;
  start([&](const std::string&, const JobCall& job, const CommitWrites& commit) {
    begun.add(job.data.text());
    release.wait(1);
    commit(done(job));
    heard_.add(job.data.text());
  });
  ask("early", 0, "key");
  begun.wait(1);
  ask("late", 60'000, "key");
  release.add("");
  jobs_->stop();
  EXPECT_EQ(number("SELECT COUNT(*) FROM work_done"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_job WHERE state = 'waiting' AND attempts = 0"), 1);
  clocks_.advance(60'000);
  start(work_well());
  EXPECT_EQ(heard_.wait(1), std::vector<std::string>{"late"});
}

// Its last attempt fails, but meanwhile somebody asked for it anew.
TEST_F(JobsTest, a_job_that_is_moved_during_its_last_attempt_is_not_given_up) {
  tried(kAttemptsMax - 1);
  Heard<std::string> begun, release;
  start([&](const std::string&, const JobCall&, const CommitWrites&) {
    begun.add("");
    release.wait(1);
    throw Error("work.broken");
  });
  begun.wait(1);
  ask("late", 60'000, "key");
  release.add("");
  jobs_->stop();
  EXPECT_EQ(count_jobs(db_).dead, 0);
  EXPECT_EQ(number("SELECT run_at FROM kernel_job WHERE state = 'waiting' AND attempts = 0"),
            clocks_.business_ms() + 60'000);
  clocks_.advance(60'000);
  start(work_well());
  EXPECT_EQ(heard_.wait(1), std::vector<std::string>{"late"});
}

TEST_F(JobsTest, deletes_expired_rows_at_the_start) {
  Commit commit;
  commit.writes.sessions.push_back({"f00d", "per_a", "per_a", Time{clocks_.real_ms() - 1}});
  committer_.commit(std::move(commit));
  ask("asked before, hence run by the first turn, which sweeps too");
  start(work_well());
  heard_.wait(1);
  jobs_->stop();
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_session"), 0);
}

TEST_F(JobsTest, jobs_of_a_process_that_died_go_on_when_the_lease_ends) {
  ask("left behind");
  JobRows dead(db_, committer_, clocks_, "node_dead");
  ASSERT_EQ(dead.claim(1).size(), 1u);
  clocks_.advance(kLeaseMs + 1);
  start(work_well());
  EXPECT_EQ(heard_.wait(1), std::vector<std::string>{"left behind"});
}

TEST_F(JobsTest, a_process_that_comes_back_under_its_name_does_not_wait_for_its_leases) {
  ask("left behind");
  JobRows before(db_, committer_, clocks_, "node_a");
  ASSERT_EQ(before.claim(1).size(), 1u);
  start(work_well(), {"node_a", 1});
  EXPECT_EQ(heard_.wait(1), std::vector<std::string>{"left behind"});
}

TEST_F(JobsTest, a_run_that_lost_its_lease_has_no_effect) {
  ask("x");
  JobRows slow(db_, committer_, clocks_, "node_slow"),
      quick(db_, committer_, clocks_, "node_quick");
  const ClaimedJob job = slow.claim(1).at(0);
  clocks_.advance(kLeaseMs + 1);
  quick.free_expired();
  ClaimedJob taken = quick.claim(1).at(0);
  EXPECT_THROW(slow.finish(job, done({job.id, "", "", 1, job.data}), "work_"), Error);
  ClaimedJob again = job;
  EXPECT_FALSE(slow.refresh(again));
  quick.finish(taken, done({job.id, "", "", 1, job.data}), "work_");
  EXPECT_EQ(number("SELECT COUNT(*) FROM work_done"), 1);
}

TEST_F(JobsTest, what_was_claimed_but_not_begun_is_handed_back_at_the_stop) {
  Heard<std::string> begun, release;
  start(
      [&](const std::string&, const JobCall& job, const CommitWrites& commit) {
        begun.add(job.id);
        release.wait(1);
        commit(done(job));
      },
      {"node_a", 1});
  ask("first");
  begun.wait(1);
  ask("second");
  release.add("");
  jobs_->stop();
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_job WHERE state = 'running'"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM work_done") + count_jobs(db_).waiting, 2);
}

}  // namespace
}  // namespace cinnabar::kernel
