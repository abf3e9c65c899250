// The hook host through the plugin's entry: publishing, running, failing closed and open, rolling
// back.
#include "breaker.hpp"
#include "hooks_world.hpp"

namespace cinnabar::hooks {
namespace {

// What math.random(1 << 30) draws while a script is loaded.
std::string first_number() {
  const Script script = load_script(
      "local first = math.random(1 << 30) "
      "return { api = 1, hooks = { p = function() return deny('n', tostring(first)) end } }");
  return lua::run(script.bytecode, {"p", Json::object(), 0, 0, {}}).text;
}

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
}

TEST_F(HooksTest, WhatAScriptPrintsIsLoggedWithItsPlaceAndThenDropped) {
  publish(script_with("for i = 1, 15 do print('seen', i) end"));
  for (int i = 0; i < 2; ++i) run();
  ASSERT_EQ(world.host.log().size(), static_cast<std::size_t>(kHookLogLinesMax));
  EXPECT_EQ(world.host.log()[0].text, "hook (ent_a, contract.before_send): seen\t1");
  world.host.advance_ms(60'000);
  run();
  EXPECT_EQ(world.host.log()[kHookLogLinesMax].text,
            "10 lines about the script of ent_a were dropped");
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

TEST_F(HooksTest, ACommandThatNobodyCarriesOutIsAnErrorAndNoConsent) {
  for (const char* answer : {"require_approval { flow = 'x' }", "route('legal')",
                             "allow { commands = { { name = 'delete_all' } } }"}) {
    publish(script_with(std::string("return ") + answer));
    auto refused = refusal();
    EXPECT_EQ(refused["error"], "hook.failed") << answer;
    EXPECT_NE(refused["reason"].find("it takes tag"), std::string::npos) << refused["reason"];
  }
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
}

TEST_F(HooksTest, AGateStaysClosedWhenTheHookIsGoneWhileItRuns) {
  // Loading draws other numbers than a run, which starts from the request.
  const std::string hook = "[\"" + std::string(kGate) + "\"] = function() return allow{} end";
  publish("local first = math.random(1 << 30)\n"
          "return { api = 1, hooks = first == " + first_number() + " and {" + hook + "} or {} }");
  auto refused = refusal();
  EXPECT_EQ(refused["error"], "hook.failed");
  EXPECT_EQ(refused["kind"], "error");
}

TEST_F(HooksTest, FailuresStayReadableWhateverBytesAScriptRaises) {
  publish(script_with("error('\\xff\\xfe', 0)"));
  auto refused = refusal();
  EXPECT_EQ(refused["error"], "hook.failed");
  EXPECT_EQ(refused["reason"], "\uFFFD\uFFFD");
  publish(script_with("error(('签'):rep(2000), 0)"));
  refused = refusal();
  EXPECT_EQ(refused["error"], "hook.failed");
  EXPECT_EQ(refused["reason"].size(), 999u);  // 333 whole characters of three bytes
  EXPECT_TRUE(is_utf8(refused["reason"]));
}

TEST_F(HooksTest, LinesOfTheLogEndWithAWholeCharacter) {
  publish(script_with("print('a' .. ('\\u{1F58B}'):rep(500)) print('\\xff')"));
  run();
  ASSERT_EQ(world.host.log().size(), 2u);
  EXPECT_TRUE(is_utf8(world.host.log()[0].text));
  EXPECT_TRUE(world.host.log()[0].text.ends_with("\U0001F58B"));
  EXPECT_TRUE(world.host.log()[1].text.ends_with("\uFFFD"));
}

TEST_F(HooksTest, EndlessScriptIsStoppedAndThenGivenUpForAWhile) {
  publish(script_with("while true do end"));
  for (int i = 0; i < kBreakerFailures; ++i) {
    const std::string kind = refusal()["kind"];
    EXPECT_TRUE(kind == "instructions" || kind == "cpu" || kind == "late") << kind;
  }
  EXPECT_EQ(refusal()["kind"], "breaker");
  EXPECT_EQ(refusal()["error"], "hook.unavailable") << "the request may be made again";
  // A better version is taken at once.
  publish(script_with("return allow{}"));
  EXPECT_TRUE(run().ran);
}

TEST_F(HooksTest, ScriptThatNeedsMoreThanTheQuickLimitsStillEnds) {
  publish(script_with("local n = 0 for i = 1, 60000 do n = n + i end"));
  EXPECT_TRUE(run().ran);
}

TEST_F(HooksTest, WhatCannotBeUsedIsNotPublished) {
  const auto code = [&](const std::string& source) {
    return code_of("hook.publish", Json::object().set("source", source));
  };
  EXPECT_EQ(code("return {"), "hook.script_invalid");
  EXPECT_EQ(code("while true do end"), "hook.script_invalid");
  EXPECT_EQ(code(script_with("if ctx.x then return denny('a', 'b') end")), "hook.script_invalid");
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
  world.host.advance_ms(1000);
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

TEST_F(HooksTest, ARequestKeepsTheVersionThatItBeganWith) {
  publish(script_with("return deny('one', 'x')"));
  kernel.pinned_epoch = 1;
  EXPECT_EQ(refusal()["hook_code"], "one");
  publish(script_with("return deny('two', 'x')"));
  EXPECT_EQ(refusal()["hook_code"], "one");
  kernel.pinned_epoch.reset();
  EXPECT_EQ(refusal()["hook_code"], "two");
}

TEST_F(HooksTest, WhetherAScriptIsToBeAskedIsKnownBeforeTheInputIsMade) {
  const auto wish = [&](const char* point, const char* owner) {
    const OwnCall own(owner);
    return world.client<Hooks>(own.call()).wants({point});
  };
  EXPECT_FALSE(wish(kGate, "ent_a").wanted);
  publish(script_with("return deny('no', ctx.x)"));
  EXPECT_TRUE(wish(kGate, "ent_a").wanted);
  EXPECT_FALSE(wish(kNotice, "ent_a").wanted);
  EXPECT_FALSE(wish(kGate, "ent_b").wanted);
  const int looks = kernel.looks;
  EXPECT_FALSE(wish(kGate, "per_a").wanted);
  EXPECT_EQ(kernel.looks, looks) << "a person has no scripts";
  call("hook.set_shadow",
       Json::object().set("hash", call("hook.script")["hash"]).set(
           "points", Json::array().add(kNotice)));
  EXPECT_TRUE(wish(kNotice, "ent_a").wanted) << "the shadow wants it";
}

TEST_F(HooksTest, WhoKnowsTheEpochSparesTheLookAndForgesNone) {
  publish(script_with("return deny('no', ctx.x)"));
  const OwnCall own("ent_a");
  const auto hooks = world.client<Hooks>(own.call());
  const std::int64_t epoch = hooks.wants({kGate}).epoch;
  const auto text_of_denial = [&](std::int64_t given) -> std::string {
    try {
      hooks.run({kGate, Json(), Bytes(std::string(R"({"x":"seen"})")), given});
    } catch (const Error& error) {
      for (const auto& [name, value] : error.params())
        if (name == "text") return value;
    }
    return "";
  };
  const int looks = kernel.looks;
  EXPECT_EQ(text_of_denial(epoch), "seen");
  EXPECT_EQ(kernel.looks, looks);
  EXPECT_EQ(text_of_denial(epoch + 1), "seen");
  EXPECT_EQ(kernel.looks, looks + 1) << "one that is not known is looked up";
  publish(script_with("return deny('other', 'new')"));
  EXPECT_EQ(text_of_denial(hooks.wants({kGate}).epoch), "new");
}

TEST_F(HooksTest, WhatIsToldComesAgainWhenItsScriptCannotBeRunNow) {
  publish(script_with("return allow{}", kNotice));
  call("hook.set_settings", Json::object().set("runs_per_second", 1));
  run(kNotice);
  EXPECT_EQ(refusal(kNotice)["error"], "hook.unavailable");
  world.host.advance_ms(1'000);
  EXPECT_TRUE(run(kNotice).ran);
}

TEST_F(HooksTest, EachActivationIsAnEventAndChangesTheOwner) {
  const std::string first = publish(script_with(""));
  publish(script_with(""));
  call("hook.remove");
  ASSERT_EQ(world.events.size(), 3u);
  EXPECT_EQ(world.events[0].type, "hooks.saved");
  EXPECT_EQ(world.events[1].type, "hooks.activated");
  EXPECT_EQ(world.events[1].aggregate, "ent_a");
  EXPECT_EQ(world.events[1].data["hash"].text(), first);
  EXPECT_EQ(world.events[2].data["previous"].text(), first);
  EXPECT_EQ(world.changed_owners, (std::vector<std::string>{"ent_a", "ent_a"}));
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
  EXPECT_EQ(points.items()[1]["amends"].items().size(), 1u);
  EXPECT_EQ(points.items()[1]["commands"].items().at(0).text(), "tag");
  call("hook.points");
  EXPECT_EQ(kernel.lists, 1) << "they stay the same, so they are asked for once";
}

}  // namespace
}  // namespace cinnabar::hooks
