// People, sign-in, enterprises and credentials, through the plugin's entry.
#include "organisation_fixture.hpp"
namespace cinnabar {
namespace {

TEST_F(OrganisationTest, APersonRegistersOnce) {
  const Json made =
      world.call(nobody, "person.register", {}, person(" 李雪\u3000", "+8613800138000"));
  EXPECT_EQ(made["name"].text(), "李雪");
  EXPECT_EQ(made["mobile"].text(), "13800138000");
  EXPECT_EQ(world.refusal(nobody, "person.register", {}, person("李雪", "8613800138000")),
            "organisation.mobile_taken");
  EXPECT_EQ(world.refusal(nobody, "person.register", {}, person("\u3000", "13800138001")),
            "request.invalid");
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM organisation_person").integer(), 1);
}

TEST_F(OrganisationTest, TwoWhoRegisterTheSameNumberAtOnceAreOne) {
  world.before_commit = [&] { register_person("李雪", "13800138000"); };
  EXPECT_EQ(world.refusal(nobody, "person.register", {}, person("李雪", "13800138000")),
            "organisation.mobile_taken");
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM organisation_person").integer(), 1);
}

TEST_F(OrganisationTest, SomebodyWhomOthersNamedRegistersUnderThatNameOnly) {
  OwnCall call("ent_x");
  const ResolvedPerson named =
      world.client<Organisation>(call.call()).resolve_person({"李雪", "13800138000"});
  EXPECT_TRUE(named.made);
  world.commit_contribution(named.writes);
  EXPECT_EQ(world.refusal(nobody, "session.open", {}, signing_in("13800138000", "")),
            "request.invalid");
  EXPECT_EQ(world.refusal(nobody, "person.register", {}, person("王五", "13800138000")),
            "organisation.name_differs");
  EXPECT_EQ(register_person("李雪", "13800138000"), named.person.id);
  const ResolvedPerson again =
      world.client<Organisation>(call.call()).resolve_person({"李雪", "+8613800138000"});
  EXPECT_FALSE(again.made);
  EXPECT_TRUE(again.writes.empty());
  EXPECT_EQ(again.person.id, named.person.id);
}

TEST_F(OrganisationTest, ASessionIsMadeForTheRightPasswordOnly) {
  const std::string id = register_person("李雪", "13800138000");
  const Json session =
      world.call(nobody, "session.open", {}, signing_in("+8613800138000", "correct horse"));
  EXPECT_EQ(session["token"].text().size(), 43u);
  ASSERT_EQ(world.sessions.size(), 1u);
  EXPECT_EQ(world.sessions[0].person, id);
  EXPECT_EQ(world.sessions[0].expires.ms, world.host.host().now_ms(Clock::real) + 12 * 3'600'000);
  EXPECT_EQ(world.sessions[0].token_sha256.find(session["token"].text()), std::string::npos);
  SubjectInfo subject = as(id);
  subject.session = world.sessions[0].token_sha256;
  world.call(subject, "session.close");
  EXPECT_EQ(world.revoked_sessions, std::vector<std::string>{subject.session});
}

TEST_F(OrganisationTest, UnknownNumbersAndWrongPasswordsAreRefusedAndCountedAlike) {
  register_person("李雪", "13800138000");
  for (const char* mobile : {"13800138000", "13900139000"}) {
    for (int i = 0; i < 5; ++i)
      EXPECT_EQ(world.refusal(nobody, "session.open", {}, signing_in(mobile, "wrong")),
                "organisation.signin_refused");
    EXPECT_EQ(world.refusal(nobody, "session.open", {}, signing_in(mobile, "wrong")),
              "organisation.too_many_attempts");
  }
  EXPECT_EQ(world.refusal(nobody, "session.open", {}, signing_in("13800138000", "correct horse")),
            "organisation.too_many_attempts");
  world.host.advance_ms(30'000);
  EXPECT_EQ(world.refusal(nobody, "session.open", {}, signing_in("13800138000", "wrong")),
            "organisation.signin_refused");
  world.host.advance_ms(30'000);
  EXPECT_EQ(world.refusal(nobody, "session.open", {}, signing_in("13800138000", "correct horse")),
            "organisation.too_many_attempts");
  world.host.advance_ms(30'000);
  EXPECT_EQ(world.refusal(nobody, "session.open", {}, signing_in("13800138000", "correct horse")),
            "");
  EXPECT_EQ(world.refusal(nobody, "session.open", {}, signing_in("13800138000", "wrong")),
            "organisation.signin_refused");
}

TEST_F(OrganisationTest, GuessesAtTheSameTimeAreEachCounted) {
  for (int i = 0; i < 4; ++i)
    world.refusal(nobody, "session.open", {}, signing_in("13800138000", "wrong"));
  // Another guess is committed while this one is computed: this one is then one too many.
  world.before_commit = [&] {
    world.refusal(nobody, "session.open", {}, signing_in("13800138000", "wrong"));
  };
  EXPECT_EQ(world.refusal(nobody, "session.open", {}, signing_in("13800138000", "wrong")),
            "organisation.too_many_attempts");
}

TEST_F(OrganisationTest, OldFailuresAreForgottenAndTheirRowsGo) {
  for (int i = 0; i < 3; ++i)
    world.refusal(nobody, "session.open", {}, signing_in("13800138000", "wrong"));
  world.host.advance_ms(3'600'001);
  world.refusal(nobody, "session.open", {}, signing_in("13900139000", "wrong"));
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM organisation_attempt").integer(), 1);
}

TEST_F(OrganisationTest, TheFounderOfAnEnterpriseAdministersIt) {
  const std::string founder = register_person("陈立", "13800138000");
  const std::string ent = found(founder);
  EXPECT_EQ(world.grants.back().object, ent);
  OwnCall call(ent);
  const Standing standing = world.client<Standings>(call.call()).standing({ent});
  ASSERT_EQ(standing.members.size(), 1u);
  EXPECT_EQ(standing.members[0].person, founder);
  ASSERT_EQ(standing.members[0].roles.size(), 1u);
  const StandingRole& role = standing.roles.at(standing.members[0].roles[0]);
  EXPECT_EQ(role.id, "super_administrator");
  EXPECT_EQ(role.rights.size(), 3u);  // all that there are
  EXPECT_EQ(world.changed_owners, std::vector<std::string>{ent});
  const auto body = [](const char* name, const char* code) {
    return Json::object().set("name", name).set("credit_code", code);
  };
  EXPECT_EQ(world.refusal(as(founder), "enterprise.found", {},
                          body("朱砂科技有限公司", "914403001922038216")),
            "organisation.enterprise_exists");
  EXPECT_EQ(world.refusal(as(founder), "enterprise.found", {},
                          body("另一家有限公司", "9144030071526726XG")),
            "organisation.enterprise_exists");
  EXPECT_EQ(world.refusal(as(founder), "enterprise.found", {},
                          body("另一家有限公司", "914403001922038217")),
            "organisation.credit_code_invalid");
  EXPECT_EQ(
      world.refusal(nobody, "session.open", {}, signing_in("13800138000", "correct horse", ent)),
      "");
  EXPECT_EQ(world.sessions.back().acting_for, ent);
}

TEST_F(OrganisationTest, OneActsOnlyForAnEnterpriseThatOneBelongsTo) {
  const std::string ent = found(register_person("陈立", "13800138000"));
  register_person("外人", "13900139000");
  EXPECT_EQ(
      world.refusal(nobody, "session.open", {}, signing_in("13900139000", "correct horse", ent)),
      "organisation.not_member");
}

TEST_F(OrganisationTest, TheEnterprisesScriptDecidesWhoJoinsLeavesAndSignsInForIt) {
  const std::string founder = register_person("陈立", "13800138000");
  const std::string ent = found(founder);
  const Json newcomer = Json::object().set("name", "李雪").set("mobile", "13900139000");
  hooks.deny = "enterprise.before_join";
  EXPECT_EQ(refused(ent, founder, "enterprise.add_employee", {}, newcomer), "hook.denied");
  EXPECT_EQ(hooks.last["mobile"].text(), "13900139000");
  EXPECT_EQ(hooks.ran.back(), "enterprise.before_join " + ent);
  hooks.deny = "enterprise.before_leave";
  const std::string second = add_employee(ent, "李雪", "13900139000")["person"]["id"].text();
  EXPECT_EQ(refused(ent, founder, "enterprise.remove_employee", {{"person", second}}),
            "hook.denied");
  hooks.deny = "session.before_sign_in";
  const std::size_t sessions = world.sessions.size();
  EXPECT_EQ(
      world.refusal(nobody, "session.open", {}, signing_in("13800138000", "correct horse", ent)),
      "hook.denied");
  EXPECT_EQ(world.sessions.size(), sessions);
  EXPECT_EQ(world.refusal(nobody, "session.open", {}, signing_in("13800138000", "correct horse")),
            "");  // for oneself
  hooks.ran.clear();
  EXPECT_EQ(world.refusal(nobody, "session.open", {}, signing_in("13800138000", "wrong", ent)),
            "organisation.signin_refused");
  EXPECT_TRUE(hooks.ran.empty());  // who has no right to sign in learns nothing of the script
}

TEST_F(OrganisationTest, ACredentialIsReplacedOnlyByWhoKnowsIt) {
  const std::string id = register_person("李雪", "13800138000");
  const auto change = [&](const char* answer, const char* current) {
    Json body = Json::object().set("answer", Json::object().set("password", answer));
    if (*current) body.set("current", Json::object().set("password", current));
    return world.refusal(as(id), "person.set_credential", {{"method", "password"}}, body);
  };
  EXPECT_EQ(change("246810", ""), "");
  EXPECT_EQ(change("135791", ""), "organisation.current_required");
  EXPECT_EQ(change("135791", "000000"), "organisation.current_refused");
  EXPECT_EQ(change("135791", "246810"), "");
  OwnCall call(id);
  EXPECT_EQ(world.client<Organisation>(call.call())
                .credentials({id, "password"})
                .credentials["password"]
                .text(),
            "135791");
  EXPECT_TRUE(
      world.client<Organisation>(call.call()).credentials({id, "code"}).credentials.is_null());
  for (int i = 0; i < 5; ++i) change("1", "000000");
  EXPECT_EQ(change("246810", "135791"), "organisation.too_many_attempts");
}

TEST_F(OrganisationTest, AnEnterprisesRulesHoldForACredentialSetOnItsBehalf) {
  const std::string id = register_person("李雪", "13800138000");
  const auto set = [&](const SubjectInfo& subject, const char* password, const char* current) {
    Json body = Json::object().set("answer", Json::object().set("password", password));
    if (*current) body.set("current", Json::object().set("password", current));
    world.call(subject, "person.set_credential", {{"method", "password"}}, body);
  };
  set(as(id), "246810", "");
  EXPECT_EQ(method.enrolled_under, id);
  set(as(id, "ent_a"), "135791", "246810");
  EXPECT_EQ(method.enrolled_under, "ent_a");
}

TEST_F(OrganisationTest, NamesAndNumbersLieSealed) {
  const std::string id = register_person("陈立", "13800138000");
  EXPECT_EQ(world.value("SELECT name FROM organisation_person").text(), "");
  EXPECT_NE(world.value("SELECT mobile FROM organisation_person").text(), "13800138000");
  EXPECT_NE(world.value("SELECT sealed FROM organisation_person").text(), "");
  EXPECT_EQ(world.call(as(id), "person.me")["person"]["name"].text(), "陈立");
}

TEST_F(OrganisationTest, WhatWasKeptInClearIsReadAndSealedByAJob) {
  for (int i = 0; i < 600; ++i)
    world.database.script(
        "INSERT INTO organisation_person (id, name, mobile, registered, password, created, "
        "version) VALUES ('per_" + std::to_string(i) + "', '李雪', '" +
        std::to_string(13'900'000'000 + i) + "', 0, '', 0, 1)");
  EXPECT_EQ(world.refusal(nobody, "person.register", {}, person("王五", "13900000007")),
            "organisation.name_differs");
  world.call(as("per_op"), "person.seal_all");
  EXPECT_EQ(world.run_jobs(), 3);
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM organisation_person WHERE sealed = ''").integer(), 0);
  EXPECT_EQ(register_person("李雪", "13900000007"), "per_7");
}

TEST_F(OrganisationTest, WhoLeftEveryEnterpriseMayHaveTheirDataErased) {
  const std::string id = register_person("李雪", "13800138000");
  const std::string ent = found(id);
  OwnCall call;
  const auto erase = [&] { return world.client<DataSubject>(call.call()).erase({id}); };
  EXPECT_EQ(world.client<DataSubject>(call.call()).kept({id}).data["name"].text(), "李雪");
  EXPECT_EQ(erase().because.at(0).code, "organisation.still_employee");
  world.database.script("DELETE FROM organisation_employee");
  const Erasure erasure = erase();
  EXPECT_TRUE(erasure.because.empty());
  world.commit_contribution(erasure.writes);
  EXPECT_EQ(world.refusal(nobody, "session.open", {}, signing_in("13800138000", "correct horse")),
            "organisation.signin_refused");
  EXPECT_NE(register_person("王五", "13800138000"), id);  // the number is free
}

TEST_F(OrganisationTest, NoEventHoldsPersonalData) {
  const std::string founder = register_person("陈立", "13800138000");
  add_employee(found(founder), "李雪", "13900139000");
  for (const EventDraft& event : world.events)
    for (const char* personal : {"陈立", "李雪", "13800138000", "13900139000"})
      EXPECT_EQ(to_json(event).find(personal), std::string::npos) << event.type;
}

TEST(Organisation, RegistrationMayBeClosed) {
  testing::DomainWorld world(&cinnabar_plugin_v1, "cinnabar.organisation", __FILE__);
  world.host.set_config(R"({"open_registration":false})");
  EXPECT_EQ(world.refusal(nobody, "person.register", {},
                          Json::object()
                              .set("name", "李雪")
                              .set("mobile", "13800138000")
                              .set("password", "correct horse")),
            "organisation.registration_closed");
}

}  // namespace
}  // namespace cinnabar
