#include "kernel/event/outbox.hpp"

#include "kernel/base/backoff.hpp"
#include "kernel/base/test_signal.hpp"
#include "kernel/base/test_storage.hpp"
#include "kernel/db/migrations.hpp"
#include "kernel/event/plugin_away.hpp"

#include <atomic>

namespace cinnabar::kernel {
namespace {

class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() {
    migrate(db_, {}, 1);
    db_.script("CREATE TABLE feed_seen (sequence BIGINT PRIMARY KEY, text TEXT NOT NULL)");
  }
  ~OutboxTest() override {
    if (outbox_) outbox_->stop();
  }

  // An event for each aggregate.
  void happen(const std::vector<std::string>& aggregates,
              const std::string& type = "note.changed") {
    Commit commit;
    for (const std::string& aggregate : aggregates)
      commit.writes.events.push_back(
          {type, aggregate, "ent_a", "per_a", Json::object().set("of", aggregate)});
    committer_.commit(std::move(commit));
  }
  static WriteSet seen(const StoredEvent& event) {
    WriteSet writes;
    writes.run("INSERT INTO feed_seen (sequence, text) VALUES (?, ?)",
               {event.sequence, event.data["of"].text()}, 1);
    return writes;
  }
  Subscriber subscriber(std::function<void(const StoredEvent&, const CommitWrites&)> deliver,
                        const std::string& id = "com.example.feed") {
    return {id, "feed_", [](const StoredEvent& event) { return event.type == "note.changed"; },
            std::move(deliver)};
  }
  void start(Subscriptions subscriptions) {
    outbox_ = std::make_unique<Outbox>(db_, committer_, clocks_, std::move(subscriptions),
                                       "node_a");
    committer_.on_committed([this] { outbox_->wake(); });
    outbox_->start();
  }
  std::vector<std::string> texts() {
    std::vector<std::string> out;
    for (const auto& row : db_.query("SELECT text FROM feed_seen ORDER BY sequence").rows)
      out.push_back(row[0].text());
    return out;
  }
  // Moves the clock on until that many were heard: a pause begins when a failure has been stored,
  // which nobody here sees.
  void pass_time_until(std::size_t count) {
    using namespace std::chrono_literals;
    for (int i = 0; i < 2'000 && !heard_.reached(count, 5ms); ++i) {
      clocks_.advance(backoff_ms(kAttemptsMax));
      outbox_->wake();
    }
  }
  std::int64_t number(std::string_view sql) { return db_.query_value(sql).integer(); }

  testing::TestFolder folder_;
  std::unique_ptr<TestPlugin> plugin_ = test_database(folder_.path);
  Db db_{database_of(*plugin_)};
  ManualClocks clocks_;
  std::unique_ptr<Outbox> outbox_;  // outlives the committer, whose thread wakes it
  Committer committer_{db_, clocks_};
  Heard<std::string> heard_;
};

TEST_F(OutboxTest, delivers_each_wanted_event_once_and_in_order) {
  happen({"a", "b"});
  const auto deliver = [this](const StoredEvent& event, const CommitWrites& commit) {
    commit(seen(event));
    heard_.add(event.aggregate);
  };
  start({subscriber(deliver)});
  happen({"x"}, "other.thing");
  happen({"c", "a"});
  EXPECT_EQ(heard_.wait(4), (std::vector<std::string>{"a", "b", "c", "a"}));
  outbox_->stop();
  EXPECT_EQ(texts(), (std::vector<std::string>{"a", "b", "c", "a"}));
  EXPECT_EQ(outbox_->lag(), 0);
}

TEST_F(OutboxTest, goes_on_where_it_stopped) {
  happen({"a", "b"});
  for (int round = 0; round < 3; ++round) {
    Heard<std::string> heard;
    const auto deliver = [&](const StoredEvent& event, const CommitWrites& commit) {
      commit(seen(event));
      heard.add(event.aggregate);
    };
    start({subscriber(deliver)});
    happen({"c"});
    heard.wait(round == 0 ? 3 : 1);
    outbox_->stop();
  }
  EXPECT_EQ(texts(), (std::vector<std::string>{"a", "b", "c", "c", "c"}));
}

TEST_F(OutboxTest, who_comes_later_begins_with_the_next_event) {
  happen({"old"});
  start({subscriber([this](const StoredEvent&, const CommitWrites&) { heard_.add(""); })});
  heard_.wait(1);
  outbox_->stop();
  Heard<std::string> late;
  start({subscriber([&](const StoredEvent& e, const CommitWrites&) { late.add(e.aggregate); },
                    "com.example.late")});
  happen({"new"});
  EXPECT_EQ(late.wait(1), std::vector<std::string>{"new"});
  outbox_->stop();
}

TEST_F(OutboxTest, a_delivery_that_conflicts_is_computed_again_at_once) {
  std::atomic<int> calls{0};
  const auto deliver = [&](const StoredEvent& event, const CommitWrites& commit) {
    WriteSet writes = seen(event);
    if (++calls < 3) writes.run("UPDATE feed_seen SET text = 'x' WHERE sequence = -1", {}, 1);
    commit(std::move(writes));
    heard_.add("done");
  };
  start({subscriber(deliver)});
  happen({"a"});
  heard_.wait(1);
  outbox_->stop();
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(texts(), std::vector<std::string>{"a"});
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_delivery"), 0);
}

TEST_F(OutboxTest, a_failing_delivery_holds_up_its_aggregate_only) {
  std::atomic<bool> broken{true};
  const auto deliver = [&](const StoredEvent& event, const CommitWrites& commit) {
    if (broken && event.aggregate == "bad") {
      heard_.add("failed");
      throw Error("feed.broken");
    }
    commit(seen(event));
    heard_.add(event.aggregate);
  };
  start({subscriber(deliver)});
  happen({"bad", "good", "bad", "good"});
  EXPECT_EQ(heard_.wait(3), (std::vector<std::string>{"failed", "good", "good"}));
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_delivery WHERE state = 'waiting'"), 2);
  EXPECT_GE(outbox_->lag(), 2);
  broken = false;
  pass_time_until(5);
  happen({"bad"});
  EXPECT_EQ(heard_.wait(6).back(), "bad") << "it is in order again";
  outbox_->stop();
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_delivery"), 0);
  EXPECT_EQ(texts(), (std::vector<std::string>{"bad", "good", "bad", "good", "bad"}));
}

TEST_F(OutboxTest, what_fails_for_ever_is_given_up_and_what_waited_goes_on) {
  const auto deliver = [&](const StoredEvent& event, const CommitWrites& commit) {
    if (event.chain_index == 1) {
      heard_.add("failed");
      throw Error("feed.broken");
    }
    commit(seen(event));
    heard_.add("delivered");
  };
  start({subscriber(deliver)});
  happen({"a", "a"});
  pass_time_until(kAttemptsMax);
  const auto heard = heard_.wait(kAttemptsMax + 1);
  EXPECT_EQ(heard.back(), "delivered");
  EXPECT_EQ(std::count(heard.begin(), heard.end(), "failed"), kAttemptsMax);
  outbox_->stop();
  EXPECT_EQ(dead_deliveries(db_), 1);
}

TEST_F(OutboxTest, while_its_plugin_is_away_an_event_waits_and_counts_no_attempts) {
  std::atomic<bool> away{true};
  const auto deliver = [&](const StoredEvent& event, const CommitWrites& commit) {
    if (away) {
      heard_.add("away");
      throw Error("plugin.not_bound", {}, {}, CINNABAR_UNSUPPORTED);
    }
    commit(seen(event));
    heard_.add("delivered");
  };
  start({subscriber(deliver)});
  happen({"a", "a"});
  pass_time_until(kAttemptsMax + 4);
  EXPECT_EQ(dead_deliveries(db_), 0);
  EXPECT_EQ(number("SELECT MAX(attempts) FROM kernel_delivery"), 0);
  away = false;
  // A call that had begun may still fail; then come the two.
  const auto delivered = [this] {
    const auto heard = heard_.wait(0);
    return std::count(heard.begin(), heard.end(), "delivered");
  };
  for (int i = 0; i < 3 && delivered() < 2; ++i) pass_time_until(heard_.wait(0).size() + 1);
  outbox_->stop();
  EXPECT_EQ(texts(), (std::vector<std::string>{"a", "a"}));
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_delivery"), 0);
}

TEST_F(OutboxTest, while_its_plugin_is_away_an_event_is_tried_at_a_steady_pace) {
  start({subscriber([this](const StoredEvent& event, const CommitWrites&) {
    heard_.add(event.aggregate);
    throw Error("plugin.disabled");
  })});
  happen({"a", "b"});
  heard_.wait(2);  // the second one's turn comes when the first one has been stored
  EXPECT_EQ(number("SELECT next_at FROM kernel_delivery WHERE aggregate = 'a' AND attempts = 0"),
            clocks_.real_ms() + kPluginAwayMs);
}

TEST_F(OutboxTest, a_slow_subscriber_does_not_hold_up_another) {
  Heard<std::string> release, quick;
  start({subscriber([&](const StoredEvent&, const CommitWrites&) { release.wait(1); }, "com.slow"),
         subscriber([&](const StoredEvent& e, const CommitWrites&) { quick.add(e.aggregate); },
                    "com.quick")});
  happen({"a"});
  happen({"b"});
  EXPECT_EQ(quick.wait(2), (std::vector<std::string>{"a", "b"}));
  release.add("");
  outbox_->stop();
}

// As on a cluster, where another node's event may become visible late.
TEST_F(OutboxTest, an_event_that_becomes_visible_after_a_later_number_is_not_passed_over) {
  start({subscriber([this](const StoredEvent& event, const CommitWrites& commit) {
    commit(seen(event));
    heard_.add(event.aggregate);
  })});
  happen({"a", "b"});
  heard_.wait(2);
  db_.script("UPDATE kernel_event SET sequence = sequence + 100");
  db_.script(
      "INSERT INTO kernel_event (sequence, id, type, aggregate, chain_index, owner, actor, at, "
      "stored, hash) SELECT 50, 'evt_late', type, 'late', 1, owner, actor, at, stored, hash FROM "
      "kernel_event WHERE aggregate = 'a'");
  outbox_->wake();
  EXPECT_EQ(heard_.wait(3).back(), "late");
  outbox_->stop();
  EXPECT_EQ(outbox_->lag(), 0);
}

TEST_F(OutboxTest, events_of_one_chain_are_placed_in_its_order) {
  happen({"a", "b", "a"});
  db_.script("UPDATE kernel_event SET sequence = 10 - sequence");
  EventOrder order(db_, committer_);
  EXPECT_EQ(order.place(), 3u);
  EXPECT_EQ(order.place(), 0u);
  EXPECT_EQ(EventOrder::placed(db_), 3);
  EXPECT_LT(number("SELECT position FROM kernel_event WHERE aggregate = 'a' AND chain_index = 1"),
            number("SELECT position FROM kernel_event WHERE aggregate = 'a' AND chain_index = 2"));
}

// As after a repair by hand. It is tried again with pauses, and a server can end.
TEST_F(OutboxTest, what_cannot_be_placed_is_no_endless_work) {
  happen({"a"});
  db_.script("UPDATE kernel_event SET position = 1");
  happen({"b"});
  EventOrder order(db_, committer_);
  EXPECT_EQ(order.place(), 0u);
  start({});
  outbox_->stop();
  EXPECT_EQ(EventOrder::unplaced(db_), 1);
}

TEST_F(OutboxTest, another_server_goes_on_when_the_first_one_stops_or_dies) {
  const auto listening = [this](const std::string& name) {
    return Subscriptions{subscriber([this, name](const StoredEvent& e, const CommitWrites& commit) {
      commit(seen(e));
      heard_.add(name + " " + e.aggregate);
    })};
  };
  Outbox other(db_, committer_, clocks_, listening("other"), "node_b");
  start(listening("first"));
  happen({"a"});
  EXPECT_EQ(heard_.wait(1).back(), "first a");
  other.start();
  happen({"b"});
  EXPECT_EQ(heard_.wait(2).back(), "first b");
  outbox_->stop();  // gives the lease up
  happen({"c"});
  EXPECT_EQ(heard_.wait(3).back(), "other c");
  other.stop();
  // One that died gave nothing up.
  db_.script("UPDATE kernel_lease SET node = 'node_dead', expires = " +
             std::to_string(clocks_.real_ms() + 10'000));
  start(listening("third"));
  happen({"d"});
  clocks_.advance(10'001);
  EXPECT_EQ(heard_.wait(4).back(), "third d");
}

TEST_F(OutboxTest, who_takes_them_together_gets_all_in_order_and_none_is_passed_over) {
  happen({"a", "b", "c"});
  std::atomic<bool> broken{true};
  Subscriber together = subscriber({});
  together.deliver_all = [&](const std::vector<StoredEvent>& events, const CommitWrites& commit) {
    if (broken) {
      broken = false;
      heard_.add("failed");
      throw Error("feed.broken");
    }
    WriteSet writes;
    for (const StoredEvent& event : events)
      writes.run("INSERT INTO feed_seen (sequence, text) VALUES (?, ?)",
                 {event.sequence, event.aggregate}, 1);
    commit(std::move(writes));
    for (const StoredEvent& event : events) heard_.add(event.aggregate);
  };
  start({together});
  heard_.wait(1);
  happen({"x"}, "other.thing");
  happen({"d"});
  EXPECT_EQ(heard_.wait(5), (std::vector<std::string>{"failed", "a", "b", "c", "d"}));
  outbox_->stop();
  EXPECT_EQ(texts(), (std::vector<std::string>{"a", "b", "c", "d"}));
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_delivery"), 0);
}

TEST_F(OutboxTest, two_nodes_that_take_them_together_give_one_effect) {
  const auto together = [&] {
    Subscriber subscriber = this->subscriber({});
    subscriber.deliver_all = [&](const std::vector<StoredEvent>& events,
                                 const CommitWrites& commit) {
      WriteSet writes;
      for (const StoredEvent& event : events)
        writes.run("INSERT INTO feed_seen (sequence, text) VALUES (?, ?)",
                   {event.sequence, event.aggregate}, 1);
      commit(std::move(writes));
      for (const StoredEvent& event : events) heard_.add(event.aggregate);
    };
    return subscriber;
  };
  // Under the same name, so that both believe that they have the lease.
  Outbox second(db_, committer_, clocks_, {together()}, "node_a");
  start({together()});
  second.start();
  std::vector<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    expected.push_back("a" + std::to_string(i % 5));
    happen({expected.back()});
    second.wake();
  }
  heard_.wait(50);
  outbox_->stop();
  second.stop();
  EXPECT_EQ(texts(), expected);
}

TEST_F(OutboxTest, two_nodes_give_one_effect) {
  Subscriptions both[2];
  for (auto& subscriptions : both)
    subscriptions.push_back(
        subscriber([this](const StoredEvent& event, const CommitWrites& commit) {
          commit(seen(event));
          heard_.add(event.aggregate);
        }));
  // Under the same name, so that both believe that they have the lease.
  Outbox second(db_, committer_, clocks_, std::move(both[1]), "node_a");
  start(std::move(both[0]));
  second.start();
  for (int i = 0; i < 50; ++i) {
    happen({"a" + std::to_string(i % 5)});
    second.wake();
  }
  heard_.wait(50);
  outbox_->stop();
  second.stop();
  EXPECT_EQ(texts().size(), 50u);
  EXPECT_EQ(number("SELECT COUNT(*) FROM kernel_delivery"), 0);
}

}  // namespace
}  // namespace cinnabar::kernel
