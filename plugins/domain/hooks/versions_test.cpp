// Versions, shadows, settings, and the book of runs, through the plugin's entry.
#include "compare.hpp"
#include "hooks_world.hpp"

namespace cinnabar::hooks {
namespace {

Json source(const std::string& text) { return Json::object().set("source", text); }

Json fixture(const char* name, const char* outcome) {
  return Json::object()
      .set("name", name)
      .set("point", kGate)
      .set("input", Json::object().set("amount", 7))
      .set("expect", Json::object().set("outcome", outcome));
}

TEST_F(HooksTest, AVersionIsKeptWithoutBeingActiveAndNeverChanges) {
  const std::string text = script_with("return deny('one', 'x')");
  const Json saved = call("hook.save", source(text).set("comment", "first try"));
  EXPECT_FALSE(saved["active"].boolean(true));
  EXPECT_FALSE(run().ran);
  call("hook.save", source(text).set("comment", "another comment"));
  const Json versions = call("hook.versions")["versions"];
  ASSERT_EQ(versions.items().size(), 1u);
  EXPECT_EQ(versions.items()[0]["comment"].text(), "first try");
  EXPECT_EQ(versions.items()[0]["author"].text(), "per_admin");
  const Json read = world.call(testing::as("per_admin", "ent_a"), "hook.version",
                               {{"hash", saved["hash"].text()}}, Json(),
                               {"ent_a", "ent_a", {"admin"}});
  EXPECT_EQ(read["source"].text(), text);
}

TEST_F(HooksTest, RollingBackActivatesWhatWasActiveBefore) {
  EXPECT_EQ(code_of("hook.roll_back", Json()), "hook.nothing_before");
  const std::string first = publish(script_with("return deny('one', 'x')"));
  EXPECT_EQ(code_of("hook.roll_back", Json()), "hook.nothing_before");
  world.host.advance_ms(10);
  publish(script_with("return deny('two', 'x')"));
  world.host.advance_ms(10);
  EXPECT_EQ(call("hook.roll_back")["hash"].text(), first);
  EXPECT_EQ(refusal()["hook_code"], "one");
  const Json past = call("hook.activations")["activations"];
  ASSERT_EQ(past.items().size(), 3u);
  EXPECT_EQ(past.items()[0]["hash"].text(), first);
  EXPECT_EQ(past.items()[0]["actor"].text(), "per_admin");
  EXPECT_EQ(world.events.back().type, "hooks.activated");
}

TEST_F(HooksTest, AVersionIsOnlyActivatedWhenItsFixturesHold) {
  const std::string text = script_with("if ctx.amount > 5 then return deny('a', 'b') end");
  EXPECT_EQ(code_of("hook.publish",
                    source(text).set("fixtures", Json::array().add(fixture("seven", "allowed")))),
            "hook.fixture_failed");
  EXPECT_FALSE(run().ran);
  EXPECT_EQ(call("hook.versions")["versions"].items().size(), 0u);
  const Json saved = call(
      "hook.save", source(text).set("fixtures", Json::array().add(fixture("seven", "denied"))));
  const Json activate = Json::object().set("hash", saved["hash"]);
  EXPECT_EQ(code_of("hook.activate", Json(activate).set(
                                         "fixtures",
                                         Json::array().add(fixture("more", "allowed")))),
            "hook.fixture_failed");
  call("hook.activate", activate);
  EXPECT_EQ(call("hook.script")["fixtures"].items().size(), 1u);
}

TEST_F(HooksTest, AKnownVersionIsOnlyPublishedWhenTheFixturesKeptWithItHold) {
  const std::string text = script_with("if ctx.amount > 5 then return deny('a', 'b') end");
  call("hook.save", source(text).set("fixtures", Json::array().add(fixture("seven", "allowed"))));
  EXPECT_EQ(code_of("hook.publish", source(text)), "hook.fixture_failed");
  EXPECT_EQ(code_of("hook.publish",
                    source(text).set("fixtures", Json::array().add(fixture("more", "denied")))),
            "hook.fixture_failed");
  EXPECT_FALSE(run().ran);
  // A fixture that was wrong is given anew.
  const Json published = call("hook.publish", source(text).set(
      "fixtures", Json::array().add(fixture("seven", "denied")).add(fixture("more", "denied"))));
  EXPECT_EQ(published["fixtures"].items().size(), 2u);
  EXPECT_THROW(run(kGate, "ent_a", Json::object().set("amount", 7)), Error);
}

TEST_F(HooksTest, FixturesGivenWithAKnownVersionAreKeptToo) {
  const std::string text = script_with("if ctx.amount > 5 then return deny('a', 'b') end");
  const auto save = [&](const Json& fixtures) {
    return call("hook.save", source(text).set("fixtures", fixtures).set("comment", "again"));
  };
  const std::string hash =
      call("hook.save", source(text).set("comment", "first try"))["hash"].text();
  const Json saved = save(Json::array().add(fixture("seven", "allowed")));
  EXPECT_EQ(saved["comment"].text(), "first try") << "a version never changes";
  EXPECT_EQ(world.events.back().type, "hooks.fixtures_changed");
  save(Json::array().add(fixture("more", "denied")));
  EXPECT_EQ(code_of("hook.activate", Json::object().set("hash", hash)), "hook.fixture_failed");
  save(Json::array().add(fixture("seven", "denied")));
  call("hook.activate", Json::object().set("hash", hash));
  EXPECT_EQ(call("hook.script")["fixtures"].items().size(), 2u);
  EXPECT_EQ(code_of("hook.save", source(text).set("fixtures", Json::array()
                                                                  .add(fixture("a", "denied"))
                                                                  .add(fixture("a", "denied")))),
            "request.invalid");
}

TEST_F(HooksTest, FixturesAreRunAsRunsAre) {
  const auto decides = [&](const std::string& body, const char* outcome) {
    return code_of("hook.publish", source(script_with(body)).set(
        "fixtures", Json::array().add(fixture("one", outcome))));
  };
  // A command that the point does not carry out, a pointer that it does not let be set.
  EXPECT_EQ(decides("return allow{ commands = {{ name = 'delete_all' }} }", "allowed"),
            "hook.fixture_failed");
  EXPECT_EQ(decides("return allow{ set = {['/contract/state'] = 'x'} }", "allowed"),
            "hook.fixture_failed");
  const std::string counts = "for i = 1, 20000 do end";
  call("hook.set_settings", Json::object().set("instructions", 10'000));
  EXPECT_EQ(decides(counts, "allowed"), "hook.fixture_failed");
  call("hook.set_settings", Json::object());
  call("hook.publish", source(script_with(counts)).set(
      "fixtures", Json::array().add(fixture("one", "allowed"))));
  EXPECT_TRUE(run().ran);
}

TEST_F(HooksTest, AShadowDecidesNothingAndItsDifferencesAreKept) {
  publish(script_with("return deny('active', 'x')"));
  const std::string shadow =
      call("hook.save", source(script_with("return allow{ set = {['/contract/name'] = 'y'} }")))
          ["hash"].text();
  EXPECT_EQ(code_of("hook.set_shadow",
                    Json::object().set("hash", shadow).set("points", Json::array().add("x.y"))),
            "hook.point_unknown");
  call("hook.set_shadow", Json::object().set("hash", shadow));
  EXPECT_EQ(refusal()["hook_code"], "active");
  const Json different = runs({{"differences", "true"}});
  ASSERT_EQ(different.items().size(), 1u);
  EXPECT_EQ(different.items()[0]["shadow"].text(), shadow);
  EXPECT_EQ(different.items()[0]["difference"].text().find(
                "decision: denied (active), then allowed"),
            0u);
  EXPECT_EQ(call("hook.shadow")["differences"].integer(), 1);
  // Without an active version nothing is decided at all.
  call("hook.remove");
  EXPECT_FALSE(run().ran);
  call("hook.end_shadow");
  run();
  EXPECT_EQ(call("hook.shadow")["hash"].text(), "");
  settle();
  EXPECT_EQ(runs().items().size(), 2u);
}

TEST_F(HooksTest, ABrokenOrEndlessShadowHarmsNothing) {
  publish(script_with("return allow{}"));
  const std::string shadow = call("hook.save", source(script_with("while true do end")))
                                 ["hash"].text();
  call("hook.set_shadow", Json::object().set("hash", shadow));
  EXPECT_TRUE(run().ran);
  // It is noted when the shadow has come to its end, for which a busy machine takes its time.
  for (int i = 0; i < 20 && runs().items().empty(); ++i) continue;
  EXPECT_EQ(runs().items().at(0)["outcome"].text(), "allowed");
  EXPECT_NE(runs().items().at(0)["difference"].text().find("then failed"), std::string::npos);
}

TEST_F(HooksTest, AShadowThatCannotBeReadHarmsNothing) {
  publish(script_with("return allow{}"));
  call("hook.set_shadow",
       Json::object().set("hash", call("hook.save", source(script_with("")))["hash"]));
  WriteSet lost;
  lost.run("UPDATE hook_shadow SET hash = 'gone'", {});
  world.commit(lost);
  EXPECT_TRUE(run().ran);
  EXPECT_EQ(runs().items().at(0)["shadow"].text(), "");
}

TEST_F(HooksTest, EveryRunIsCountedAndDenialsAndFailuresAreRecorded) {
  publish(script_with("if ctx.amount == 1 then return deny('one', 'x') end error('broken')"));
  EXPECT_THROW(run(kGate, "ent_a", Json::object().set("amount", 1)), Error);
  world.host.advance_ms(1);
  EXPECT_THROW(run(kGate, "ent_a", Json::object().set("amount", 2)), Error);
  const Json kept = runs();
  ASSERT_EQ(kept.items().size(), 2u);
  EXPECT_EQ(kept.items()[1]["code"].text(), "one");
  EXPECT_EQ(kept.items()[0]["failure"].text(), "error");
  EXPECT_EQ(kept.items()[0]["line"].integer(), 2);
  EXPECT_GT(kept.items()[0]["memory"].integer(), 1'000);
  EXPECT_TRUE(kept.items()[0]["input"].is_null()) << "recording is off until it is asked for";
  EXPECT_EQ(runs({{"outcome", "denied"}}).items().size(), 1u);
  const Json metrics = call("hook.metrics")["points"].items().at(0);
  EXPECT_EQ(metrics["runs"].integer(), 2);
  EXPECT_EQ(metrics["denials"].integer(), 1);
  EXPECT_EQ(metrics["errors"].integer(), 1);
  call("hook.forget_runs");
  EXPECT_EQ(runs().items().size(), 0u);
}

TEST_F(HooksTest, RecordsHoldNothingOfTheInputUnlessRecordingIsOn) {
  const std::string mobile = "13800138000";
  const auto decided = [&](const char* body) {
    publish(script_with(body));
    try {
      run(kGate, "ent_a", Json::object().set("mobile", mobile));
    } catch (const Error&) {
    }
  };
  call("hook.set_shadow",
       Json::object().set(
           "hash", call("hook.save", source(script_with("return deny('b', 'B' .. ctx.mobile)")))
                       ["hash"]));
  decided("return deny('a', ctx.mobile)");
  decided("error(ctx.mobile)");
  decided("return allow{ set = {['/contract/name'] = ctx.mobile}, "
          "commands = {{name = 'tag', arguments = {text = ctx.mobile}}} }");
  const Json kept = runs();
  ASSERT_EQ(kept.items().size(), 3u);
  EXPECT_EQ(to_json(kept).find(mobile), std::string::npos) << to_json(kept);
  EXPECT_NE(to_json(kept).find("/contract/name"), std::string::npos);
  EXPECT_NE(to_json(kept).find("\"tag\""), std::string::npos);
  for (const auto& line : world.host.log())
    EXPECT_EQ(line.text.find(mobile), std::string::npos) << line.text;
  call("hook.set_settings", Json::object().set("record_inputs", true));
  decided("error(ctx.mobile)");
  EXPECT_NE(to_json(runs()).find(mobile), std::string::npos);
}

TEST_F(HooksTest, DifferencesNameWhatDiffersWithoutItsValues) {
  KeptDecision was{"allowed", "", "", {{"/contract/name", Json("a")}}, {{"tag", Json("a")}}};
  KeptDecision now{"allowed", "", "", {{"/contract/name", Json("b")}}, {{"tag", Json("b")}}};
  EXPECT_EQ(difference_of(was, now, Values::hidden),
            "set: other values of [\"/contract/name\"]; commands: other values of [\"tag\"]");
  EXPECT_EQ(difference_of(was, was, Values::hidden), "");
}

TEST_F(HooksTest, RecordsAreFewOfMany) {
  publish(script_with("return allow{}"));
  call("hook.set_settings", Json::object().set("runs_kept", 4));
  for (int i = 0; i < 30; ++i) run();
  settle();
  world.host.advance_ms(1'000);
  run();
  // Older ones go when newer ones are written, which come on top.
  EXPECT_LE(runs().items().size(), 5u);
  const Json metrics = call("hook.metrics")["points"].items().at(0);
  EXPECT_EQ(metrics["runs"].integer(), 31);
  EXPECT_GE(metrics["unrecorded"].integer(), 20);
  world.host.advance_ms(31LL * 86'400'000);
  EXPECT_EQ(runs().items().size(), 0u) << "after the days that they are kept";
}

TEST_F(HooksTest, WhoKeepsNoRecordsHasNone) {
  publish(script_with("return allow{}"));
  run();
  EXPECT_EQ(runs().items().size(), 1u);
  call("hook.set_settings", Json::object().set("runs_kept", 0));
  EXPECT_EQ(runs().items().size(), 0u);
  run();
  EXPECT_EQ(runs().items().size(), 0u);
  EXPECT_EQ(call("hook.metrics")["points"].items().at(0)["runs"].integer(), 2);
}

TEST_F(HooksTest, ReplayComparesOnlyWhatCanBeRepeated) {
  kernel.schemas.set(
      "Input", Json::object().set(
                   "properties",
                   Json::object().set("mobile", Json::object().set("x-personal", true))));
  publish(script_with("if ctx.mobile == '1' then return deny('one', 'x') end "
                      "return allow{ set = {['/contract/name'] = ctx.now .. math.random()} }"));
  call("hook.set_settings", Json::object().set("record_inputs", true));
  EXPECT_THROW(run(kGate, "ent_a", Json::object().set("mobile", "1")), Error);
  world.host.advance_ms(1);
  run(kGate, "ent_a", Json::object().set("mobile", "2"));
  world.host.advance_ms(7);
  settle();
  const Json same = call("hook.replay", Json::object());
  EXPECT_EQ(same["replayed"].integer(), 1);
  EXPECT_EQ(same["unrepeatable"].integer(), 1) << "what it decided by was left out of the record";
  EXPECT_EQ(same["differences"].items().size(), 0u) << to_json(same);
}

TEST_F(HooksTest, TryingAndReplayingEndWithTheTimeOfTheirRequest) {
  const std::string slow = script_with("for i = 1, 60000 do local _ = i * i end");
  publish(slow);
  call("hook.set_settings", Json::object().set("record_inputs", true));
  run();
  settle();
  const OwnCall own("ent_a", world.host.host().now_ms(Clock::real));  // it is over
  const auto late = [&](const char* route, const Json& body) {
    HttpCall request;
    request.route = route;
    request.body = Bytes(to_json(body));
    request.subject = testing::as("per_admin", "ent_a");
    request.object = {"ent_a", "ent_a", {"admin"}};
    return world.client<Domain>(own.call()).handle(request);
  };
  try {
    late("hook.try", Json::object().set("point", kGate));
    ADD_FAILURE() << "it ran";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "hook.unavailable");
    EXPECT_EQ(error.status(), CINNABAR_UNAVAILABLE);
  }
  const Json replayed = from_json<Json>(late("hook.replay", Json::object()).body.view());
  EXPECT_EQ(replayed["left"].integer(), 1);
  EXPECT_EQ(replayed["replayed"].integer(), 0);
}

TEST_F(HooksTest, RunsThatDidNotTakePlaceAreNotReplayed) {
  publish(script_with("return allow{}"));
  call("hook.set_settings",
       Json::object().set("record_inputs", true).set("runs_per_second", 1));
  run();
  EXPECT_EQ(refusal()["kind"], "rate");
  settle();
  EXPECT_EQ(call("hook.replay", Json::object())["replayed"].integer(), 1);
}

TEST_F(HooksTest, RecordedInputsLeaveOutWhatIsPersonalAndAreReplayed) {
  const auto field = [](const char* mark) {
    return Json::object().set("type", "string").set(mark, true);
  };
  kernel.schemas.set(
      "Input",
      Json::object().set("properties", Json::object()
                                           .set("mobile", field("x-personal"))
                                           .set("token", field("x-secret"))
                                           .set("amount", Json::object().set("type", "integer"))));
  publish(script_with("if ctx.amount > 5 then return deny('much', 'x') end"));
  call("hook.set_settings", Json::object().set("record_inputs", true));
  const Json input =
      Json::object().set("amount", 7).set("mobile", "13800138000").set("token", "secret");
  EXPECT_THROW(run(kGate, "ent_a", input), Error);
  world.host.advance_ms(1);
  run(kGate, "ent_a", Json(input).set("amount", 2));
  const Json kept = runs().items().at(1)["input"];
  EXPECT_EQ(kept["amount"].integer(), 7);
  EXPECT_FALSE(kept.contains("mobile"));
  EXPECT_FALSE(kept.contains("token"));
  const Json same = call("hook.replay", Json::object());
  EXPECT_EQ(same["replayed"].integer(), 2);
  EXPECT_EQ(same["differences"].items().size(), 0u);
  const Json other = call(
      "hook.replay", source(script_with("if ctx.amount > 9 then return deny('much', 'x') end")));
  ASSERT_EQ(other["differences"].items().size(), 1u);
  EXPECT_EQ(other["differences"].items()[0]["was"].text(), "denied");
  EXPECT_EQ(other["differences"].items()[0]["now"].text(), "allowed");
}

TEST_F(HooksTest, AnEnterpriseChoosesItsLimitsWithinTheInstallations) {
  EXPECT_EQ(code_of("hook.set_settings", Json::object().set("instructions", 6'000'000)),
            "hook.limit_too_high");
  publish(script_with("for i = 1, 50000 do end"));
  EXPECT_TRUE(run().ran);
  call("hook.set_settings", Json::object().set("instructions", 10'000));
  EXPECT_EQ(refusal()["kind"], "instructions");
  publish(script_with("return allow{}"));
  call("hook.set_settings", Json::object().set("runs_per_second", 2));
  world.host.advance_ms(1'000);
  run();
  run();
  EXPECT_EQ(refusal()["kind"], "rate");
  EXPECT_EQ(refusal()["error"], "hook.unavailable");
  EXPECT_FALSE(run(kGate, "ent_b").ran);
  world.host.advance_ms(1'000);
  EXPECT_TRUE(run().ran);
}

}  // namespace
}  // namespace cinnabar::hooks
