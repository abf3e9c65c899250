// The hook host over a real database: publishing, running, failing closed and open, rolling back.
#include "kernel/lua/hooks.hpp"

#include "kernel/base/test_storage.hpp"
#include "kernel/db/committer.hpp"
#include "kernel/db/migrations.hpp"

#include <cinnabar/testing/fake_host.hpp>
#include <cinnabar/testing/local_service.hpp>

#include <gtest/gtest.h>

namespace cinnabar::kernel {
namespace {

constexpr const char* kGate = "contract.before_send";
constexpr const char* kNotice = "contract.after_send";

std::string script_with(const std::string& body, const std::string& point = kGate) {
  return "return { api = 1, hooks = { [\"" + point + "\"] = function(ctx)\n" + body + "\nend } }";
}

class HooksTest : public ::testing::Test {
 protected:
  HooksTest() {
    migrate(db_, {}, 0);
    fake_.on_query([this](std::string_view sql, const std::vector<Json>& params) {
      return db_.query(sql, params);
    });
    hooks_.set_points({{kGate, "Before.", true, "Input", {"/contract/name"}},
                       {kNotice, "After.", false, "Input", {}}});
  }

  // Calls a route for an enterprise and commits what it writes. Its answer, or null.
  Json call(const std::string& route, const Json& body = Json(),
            const std::string& enterprise = "ent_a") {
    HttpCall http;
    http.route = route;
    if (!body.is_null()) http.body = Bytes(to_json(body));
    http.subject = {"per_admin", enterprise, false, ""};
    http.object = {enterprise, enterprise, {"admin"}};
    const OwnCall own(enterprise);
    HttpAnswer answer = hooks_.handle(http, own.call());
    Commit commit;
    commit.writes = std::move(answer.writes);
    commit.plugin = "cinnabar.kernel-hooks";
    commit.table_prefix = "kernel_";
    committer_.commit(std::move(commit));
    return answer.body.empty() ? Json() : from_json<Json>(answer.body.view());
  }
  std::string publish(const std::string& source, const std::string& enterprise = "ent_a") {
    return call("hook.publish", Json::object().set("source", source), enterprise)["hash"].text();
  }
  HookDecision run(const std::string& point = kGate, const std::string& enterprise = "ent_a") {
    const OwnCall own(enterprise);
    return hooks_.run({point, Json::object()}, own.call());
  }
  // The error with which a run ends.
  std::map<std::string, std::string> refusal(const std::string& point = kGate) {
    try {
      run(point);
    } catch (const Error& error) {
      std::map<std::string, std::string> out(error.params().begin(), error.params().end());
      out["error"] = error.code();
      return out;
    }
    return {};
  }
  std::string code_of(const std::string& route, const Json& body) {
    try {
      call(route, body);
    } catch (const Error& error) {
      return error.code();
    }
    return "";
  }

  TemporaryFolder folder_;
  std::unique_ptr<TestPlugin> plugin_ = test_database(folder_.path());
  Db db_{database_of(*plugin_)};
  ManualClocks clocks_;
  Committer committer_{db_, clocks_};
  testing::FakeHost fake_;
  HookHost hooks_{fake_.host(), clocks_, [] { return DomainDescription(); }};
};

TEST_F(HooksTest, WithoutAScriptNothingRuns) {
  EXPECT_FALSE(run().ran);
  EXPECT_EQ(code_of("hook.script", Json()), "hook.no_script");
}

TEST_F(HooksTest, DenialReachesTheCallerWithItsCodeAndText) {
  publish(script_with("return deny('too_much', '金额超限')"));
  auto refused = refusal();
  EXPECT_EQ(refused["error"], "hook.denied");
  EXPECT_EQ(refused["hook_code"], "too_much");
  EXPECT_EQ(refused["text"], "金额超限");
  // The same through the boundary, as a plugin sees it.
  testing::LocalService<Hooks> service(hooks_, "ent_a");
  try {
    service->run({kGate, Json::object()});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "hook.denied");
  }
}

TEST_F(HooksTest, ScriptsBelongToTheirEnterprise) {
  publish(script_with("return deny('a', 'a')"));
  EXPECT_FALSE(run(kGate, "ent_b").ran);
}

TEST_F(HooksTest, AmendmentsAndCommandsComeBack) {
  const std::string hash = publish(script_with(
      "return allow { set = { ['/contract/name'] = 'x' }, commands = { { name = 'tag' } } }"));
  const HookDecision decision = run();
  EXPECT_TRUE(decision.ran);
  EXPECT_EQ(decision.script, hash);
  EXPECT_EQ(decision.set.at("/contract/name").text(), "x");
  EXPECT_EQ(decision.commands.at(0).name, "tag");
}

TEST_F(HooksTest, GatesFailClosedAndNoticesOpen) {
  publish(script_with("error('broken')"));
  auto refused = refusal();
  EXPECT_EQ(refused["error"], "hook.failed");
  EXPECT_EQ(refused["kind"], "error");
  EXPECT_EQ(refused["reason"], "broken");
  EXPECT_EQ(refused["line"], "2");
  publish(script_with("error('broken')", kNotice));
  EXPECT_FALSE(run(kNotice).ran);
  publish(script_with("deny('a', 'b')", kNotice));
  EXPECT_TRUE(run(kNotice).ran);
  EXPECT_EQ(hooks_.metrics().failures.at("error"), 2u);
}

TEST_F(HooksTest, EndlessScriptIsStoppedAndThenGivenUpForAWhile) {
  publish(script_with("while true do end"));
  for (int i = 0; i < kBreakerFailures; ++i) {
    const std::string kind = refusal()["kind"];
    EXPECT_TRUE(kind == "instructions" || kind == "cpu" || kind == "late") << kind;
  }
  EXPECT_EQ(refusal()["kind"], "breaker");
  EXPECT_EQ(hooks_.metrics().slow, static_cast<std::uint64_t>(kBreakerFailures));
  // A better version is taken at once.
  publish(script_with("return allow{}"));
  EXPECT_TRUE(run().ran);
}

TEST_F(HooksTest, ScriptThatNeedsMoreThanTheQuickLimitsStillEnds) {
  publish(script_with("local n = 0 for i = 1, 60000 do n = n + i end"));
  EXPECT_TRUE(run().ran);
  EXPECT_EQ(hooks_.metrics().slow, 1u);
}

TEST_F(HooksTest, WhatCannotBeUsedIsNotPublished) {
  const auto code = [&](const std::string& source) {
    return code_of("hook.publish", Json::object().set("source", source));
  };
  EXPECT_EQ(code("return {"), "hook.script_invalid");
  EXPECT_EQ(code("while true do end"), "hook.script_invalid");
  EXPECT_EQ(code(script_with("", "contract.befor_send")), "hook.point_unknown");
  EXPECT_EQ(code(std::string(70'000, ' ')), "request.invalid");
  EXPECT_FALSE(run().ran);
  try {
    publish(script_with("", "contract.befor_send"));
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("nearest=contract.before_send"), std::string::npos);
  }
}

TEST_F(HooksTest, VersionsStayAndCanBeActivatedAgain) {
  const std::string first = publish(script_with("return deny('one', 'x')"));
  clocks_.advance(1000);
  const std::string second = publish(script_with("return deny('two', 'x')"));
  EXPECT_EQ(refusal()["hook_code"], "two");
  const Json versions = call("hook.versions")["versions"];
  ASSERT_EQ(versions.items().size(), 2u);
  EXPECT_EQ(versions.items()[0]["hash"].text(), second);
  EXPECT_TRUE(versions.items()[0]["active"].boolean());
  call("hook.activate", Json::object().set("hash", first));
  EXPECT_EQ(refusal()["hook_code"], "one");
  EXPECT_EQ(code_of("hook.activate", Json::object().set("hash", std::string(64, '0'))),
            "hook.version_not_found");
  call("hook.remove");
  call("hook.remove");
  EXPECT_FALSE(run().ran);
  EXPECT_EQ(call("hook.versions")["versions"].items().size(), 2u);
}

TEST_F(HooksTest, EachActivationIsAnEventAndRaisesTheEpoch) {
  const std::string first = publish(script_with(""));
  publish(script_with(""));
  call("hook.remove");
  const Rows rows = db_.query("SELECT stored FROM kernel_event WHERE type = 'hooks.activated'");
  ASSERT_EQ(rows.rows.size(), 2u);
  EXPECT_NE(rows.rows[0][0].text().find(first), std::string::npos);
  EXPECT_EQ(db_.query_value("SELECT epoch FROM kernel_epoch WHERE owner = 'ent_a'").integer(), 2);
}

TEST_F(HooksTest, TryingOutChangesNothing) {
  const std::string source = script_with("print('seen', ctx.x) return deny('no', ctx.x)");
  const Json answer = call("hook.try", Json::object()
                                           .set("source", source)
                                           .set("point", kGate)
                                           .set("input", Json::object().set("x", "y")));
  EXPECT_EQ(answer["outcome"].text(), "denied");
  EXPECT_EQ(answer["text"].text(), "y");
  EXPECT_EQ(answer["log"].items().at(0).text(), "seen\ty");
  EXPECT_GT(answer["usage"]["memory"].integer(), 1000);
  EXPECT_FALSE(run().ran);
  EXPECT_EQ(call("hook.versions")["versions"].items().size(), 0u);
  EXPECT_EQ(code_of("hook.try", Json::object().set("point", kGate)), "hook.no_script");
}

TEST_F(HooksTest, PointsAreListed) {
  const Json points = call("hook.points")["points"];
  ASSERT_EQ(points.items().size(), 2u);
  EXPECT_EQ(points.items()[0]["name"].text(), kNotice);
  EXPECT_FALSE(points.items()[0]["gate"].boolean(true));
}

}  // namespace
}  // namespace cinnabar::kernel
