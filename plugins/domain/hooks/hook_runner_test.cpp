// Many owners at once: each gets its own decision, and one that never ends spoils nobody else's.
#include "hook_runner.hpp"

#include <cinnabar/services/hook_runtime.hpp>
#include <cinnabar/testing/fake_host.hpp>

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace cinnabar::hooks {
namespace {

constexpr std::int64_t kPatienceMs = 60'000;

std::shared_ptr<const Script> script_with(const std::string& body) {
  return std::make_shared<const Script>(
      load_script("return { api = 1, hooks = { p = function(ctx) " + body + " end } }"));
}

lua::Input input_with(const std::string& text) {
  return {"p", Json::object().set("text", text), 0, 1, {}};
}

class HookRunnerTest : public ::testing::Test {
 protected:
  HookRun run(const std::string& owner, std::shared_ptr<const Script> script,
              HookRunner::Purpose purpose = HookRunner::Purpose::decide) {
    return runner_.run(owner, std::move(script), input_with(owner), kPatienceMs, purpose);
  }

  testing::FakeHost host_;
  HookRunner runner_{host_.host()};
};

TEST_F(HookRunnerTest, OwnersAtOnceGetTheirOwnDecisions) {
  const auto quick = script_with("deny('c', ctx.text)");
  const auto slow = script_with("for i = 1, 60000 do local _ = i * i end deny('c', ctx.text)");
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&, owner = "ent_" + std::to_string(t)] {
      for (int i = 0; i < 10; ++i)
        if (run(owner, i % 5 == 0 ? slow : quick).result.text != owner) ++wrong;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(HookRunnerTest, EndlessScriptsOfOneOwnerLeaveOthersAlone) {
  const auto endless = script_with("while true do end");
  const auto slow = script_with("for i = 1, 60000 do local _ = i * i end deny('c', ctx.text)");
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      while (!stop) run("ent_bad", endless, HookRunner::Purpose::try_out);
    });
  for (int i = 0; i < 4; ++i) EXPECT_EQ(run("ent_good", slow).result.text, "ent_good");
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

TEST_F(HookRunnerTest, BreakerRefusesWithoutRunningUntilTimePasses) {
  const auto endless = script_with("while true do end");
  for (int i = 0; i < kBreakerFailures; ++i) EXPECT_NE(run("ent_a", endless).failure, "breaker");
  const HookRun refused = run("ent_a", endless);
  EXPECT_EQ(refused.failure, "breaker");
  EXPECT_EQ(refused.result.usage.instructions, 0);
  EXPECT_NE(run("ent_a", endless, HookRunner::Purpose::try_out).failure, "breaker");
  EXPECT_NE(run("ent_b", endless).failure, "breaker");
  host_.advance_ms(kBreakerOpenMs);
  EXPECT_NE(run("ent_a", endless).failure, "breaker");
}

TEST_F(HookRunnerTest, OrdinaryErrorsDoNotOpenTheBreaker) {
  const auto broken = script_with("error('x')");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(run("ent_a", broken).failure, "error");
}

// Breaks a limit that more time would not help, raises an error, or needs the slow lane.
constexpr const char* kManySided =
    "if ctx.text == 'limit' then deny('c', ('x'):rep(900000)) end "
    "if ctx.text == 'error' then error('x') end "
    "if ctx.text == 'slow' then while true do end end";

// Nobody serves its slow lane: what goes there waits, and the owner's queue fills up.
class HookRunnerWithoutSlowThreadsTest : public HookRunnerTest {
 protected:
  std::string failure_of(const std::string& text,
                         HookRunner::Purpose purpose = HookRunner::Purpose::decide) {
    return stuck_.run("ent_a", script_, input_with(text), 1, purpose).failure;
  }
  // At a point of its own: the breaker of the other one counts none of it.
  void fill_queue(HookRunner::Purpose purpose = HookRunner::Purpose::decide) {
    const auto endless = std::make_shared<const Script>(load_script(
        "return { api = 1, hooks = { q = function(ctx) while true do end end } }"));
    lua::Input input = input_with("");
    input.point = "q";
    for (std::size_t i = 0; i <= kSlowLaneQueueMax; ++i)
      EXPECT_EQ(stuck_.run("ent_a", endless, input, 1, purpose).failure, "late");
  }

  std::shared_ptr<const Script> script_ = script_with(kManySided);
  HookRunner stuck_{host_.host(), Isolation::in_process, 0};
};

TEST_F(HookRunnerWithoutSlowThreadsTest, ErrorsAndFullQueuesDoNotMakeTheBreakerForget) {
  fill_queue();
  for (int i = 1; i < kBreakerFailures; ++i) EXPECT_EQ(failure_of("limit"), "output_size");
  EXPECT_EQ(failure_of("error"), "error");
  EXPECT_EQ(failure_of("slow"), "busy");
  EXPECT_EQ(failure_of("limit"), "output_size");
  EXPECT_EQ(failure_of("limit"), "breaker");
}

TEST_F(HookRunnerWithoutSlowThreadsTest, WhatIsTriedOutTakesNoPlaceOfWhatDecides) {
  fill_queue(HookRunner::Purpose::try_out);
  EXPECT_EQ(failure_of("slow", HookRunner::Purpose::try_out), "busy");
  EXPECT_EQ(failure_of("slow"), "late") << "it waited for its turn";
}

TEST_F(HookRunnerWithoutSlowThreadsTest, WhatRunsAsideNeedsNoLane) {
  fill_queue();
  const std::atomic<bool> cancelled{false};
  EXPECT_EQ(stuck_.run_aside("ent_a", *script_, input_with("slow"), {}, cancelled).failure,
            "instructions");
}

TEST_F(HookRunnerWithoutSlowThreadsTest, TrialThatDidNotRunLeavesTheBreakerOpen) {
  fill_queue();
  for (int i = 0; i < kBreakerFailures; ++i) EXPECT_EQ(failure_of("limit"), "output_size");
  host_.advance_ms(kBreakerOpenMs);
  EXPECT_EQ(failure_of("slow"), "busy");
  EXPECT_EQ(failure_of("slow"), "breaker");
  host_.advance_ms(kBreakerOpenMs);
  EXPECT_EQ(failure_of("error"), "error");
  EXPECT_EQ(failure_of("error"), "breaker");
  host_.advance_ms(kBreakerOpenMs);
  EXPECT_EQ(failure_of("nothing"), "");
  EXPECT_EQ(failure_of("error"), "error");
}

TEST_F(HookRunnerTest, ScriptThatCannotBeLoadedFails) {
  const auto broken = std::make_shared<const Script>(load_script("return {"));
  const HookRun result = run("ent_a", broken);
  EXPECT_EQ(result.failure, "error");
  EXPECT_EQ(result.result.outcome, lua::Outcome::failed);
}

class FakeRuntime final : public HookRuntime {
 public:
  HookLoadReply load(const HookLoadRequest&, const Call&) override {
    throw Error("worker.timeout", {}, {}, CINNABAR_UNAVAILABLE);
  }
  HookRunReply run(const HookRunRequest& request, const Call& call) override {
    deadline_ms = call.deadline_ms();
    owner = std::string(call.owner());
    last = request;
    if (ends_with) throw *ends_with;
    if (answers) return *answers;
    HookRunReply reply;
    reply.outcome = "denied";
    reply.handled = true;
    reply.code = "apart";
    return reply;
  }
  std::optional<Error> ends_with;
  std::optional<HookRunReply> answers;
  HookRunRequest last;
  std::string owner;
  std::int64_t deadline_ms = 0;
};

// Runs that stay in the process until they are let go.
class Held {
 public:
  void hold() {
    std::unique_lock lock(mutex_);
    ++inside_;
    most_ = std::max(most_, inside_);
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    --inside_;
  }
  void wait_for(int inside) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ == inside; });
  }
  int open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
    return most_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0, most_ = 0;
  bool open_ = false;
};

// Does not note what it is called with: several threads are in it.
class HeldRuntime final : public HookRuntime {
 public:
  HookLoadReply load(const HookLoadRequest&, const Call&) override { return {}; }
  HookRunReply run(const HookRunRequest&, const Call&) override {
    held.hold();
    HookRunReply reply;
    reply.outcome = "allowed";
    reply.handled = true;
    return reply;
  }
  Held held;
};

TEST_F(HookRunnerTest, RunsApartWaitForTheirTurnWhileTheCallerIsPatient) {
  HeldRuntime runtime;
  host_.add_service<HookRuntime>(runtime);
  HookRunner apart(host_.host(), Isolation::process);
  const auto script = script_with("");
  const auto run_apart = [&](std::int64_t patience_ms) {
    return apart.run("ent_a", script, input_with("x"), patience_ms, HookRunner::Purpose::decide)
        .failure;
  };
  std::vector<std::thread> threads;
  // One place to wait stays free, whichever of them are there already.
  std::vector<std::string> failures(kRemoteRunsMax + kRemoteWaitingMax - 1, "none yet");
  for (std::string& failure : failures)
    threads.emplace_back([&] { failure = run_apart(kPatienceMs); });
  runtime.held.wait_for(kRemoteRunsMax);
  EXPECT_EQ(run_apart(1), "busy") << "none ended in time";
  EXPECT_EQ(runtime.held.open(), kRemoteRunsMax);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, std::vector<std::string>(failures.size()));
  EXPECT_EQ(run_apart(kPatienceMs), "");
}

TEST_F(HookRunnerTest, WhatCannotBeLoadedApartMayBeLaterAndSaysSo) {
  FakeRuntime runtime;
  host_.add_service<HookRuntime>(runtime);
  HookRunner apart(host_.host(), Isolation::process);
  const HookRun run = apart.run("ent_a", std::make_shared<const Script>(apart.load("return {}")),
                                input_with("x"), kPatienceMs, HookRunner::Purpose::decide);
  EXPECT_EQ(run.failure, "unavailable");
  EXPECT_TRUE(is_passing(run));
  EXPECT_EQ(run.result.outcome, lua::Outcome::failed);
}

TEST_F(HookRunnerTest, WhatIsTriedOutApartIsStillTheOwners) {
  FakeRuntime runtime;
  host_.add_service<HookRuntime>(runtime);
  HookRunner apart(host_.host(), Isolation::process);
  apart.run("ent_a", script_with(""), input_with("x"), kPatienceMs, HookRunner::Purpose::try_out);
  EXPECT_EQ(runtime.owner, "ent_a");
}

TEST_F(HookRunnerTest, WhereScriptsRunApartTheProcessDecidesAndItsEndIsNoDecision) {
  FakeRuntime runtime;
  host_.add_service<HookRuntime>(runtime);
  HookRunner apart(host_.host(), Isolation::process);
  const auto script = script_with("return allow{}");
  const auto run_apart = [&] {
    return apart.run("ent_a", script, input_with("x"), kPatienceMs, HookRunner::Purpose::decide);
  };
  EXPECT_EQ(run_apart().result.code, "apart");
  EXPECT_EQ(runtime.last.input["text"].text(), "x");
  EXPECT_EQ(runtime.last.limits.instructions, lua::Limits{}.instructions);
  EXPECT_GT(runtime.deadline_ms, 0);
  runtime.ends_with = Error("worker.timeout", {}, {}, CINNABAR_UNAVAILABLE);
  const HookRun ended = run_apart();
  EXPECT_EQ(ended.failure, "worker.timeout");
  EXPECT_EQ(ended.result.outcome, lua::Outcome::failed);
  EXPECT_TRUE(ended.result.fault);
  // A script that cannot be loaded apart keeps its gates closed.
  EXPECT_TRUE(apart.load("return {}").handles("p"));
}

TEST_F(HookRunnerTest, AnAnswerWithoutAKnownOutcomeIsNoDecision) {
  FakeRuntime runtime;
  host_.add_service<HookRuntime>(runtime);
  HookRunner apart(host_.host(), Isolation::process);
  for (const char* outcome : {"", "failed", "permitted"}) {
    HookRunReply reply;
    reply.outcome = outcome;
    runtime.answers = reply;
    const HookRun run = apart.run("ent_a", script_with(""), input_with("x"), kPatienceMs,
                                  HookRunner::Purpose::decide);
    EXPECT_EQ(run.failure, "runtime") << outcome;
    EXPECT_EQ(run.result.outcome, lua::Outcome::failed);
    EXPECT_TRUE(run.result.fault);
  }
}

TEST_F(HookRunnerTest, WhatBrokeApartIsNoDecisionWhateverOutcomeItNames) {
  FakeRuntime runtime;
  host_.add_service<HookRuntime>(runtime);
  HookRunner apart(host_.host(), Isolation::process);
  HookRunReply reply;
  reply.outcome = "allowed";
  reply.broke = true;
  reply.stop = "memory";
  runtime.answers = reply;
  const HookRun run = apart.run("ent_a", script_with(""), input_with("x"), kPatienceMs,
                                HookRunner::Purpose::decide);
  EXPECT_EQ(run.failure, "memory");
  EXPECT_EQ(run.result.outcome, lua::Outcome::failed);
}

TEST_F(HookRunnerTest, ImpatientCallersAreToldThatItIsLate) {
  const auto slow = script_with("for i = 1, 60000 do local _ = i * i end");
  const HookRun result = runner_.run("ent_a", slow, input_with(""), 0, HookRunner::Purpose::decide);
  EXPECT_EQ(result.failure, "late");
}

}  // namespace
}  // namespace cinnabar::hooks
