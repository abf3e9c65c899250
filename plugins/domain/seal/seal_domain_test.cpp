// Seals from making to use, through the plugin's entry.
#include "credentials.hpp"
#include "fake_services.hpp"

#include <cinnabar/testing/domain_world.hpp>
#include <cinnabar/testing/fake_hooks.hpp>

#include <gtest/gtest.h>

extern "C" const cinnabar_plugin* cinnabar_plugin_v1();

namespace cinnabar {
namespace {

class SealTest : public ::testing::Test {
 protected:
  SealTest() {
    world.host.add_service<Organisation>(organisation);
    world.host.add_service<Bindings>(bindings);
    world.host.add_service<SealType>(type);
    world.host.add_service<CertificateAuthority>(authority);
    world.host.add_service<Hooks>(hooks);
  }
  static Json round(const char* name) {
    return Json::object().set("type", "round").set("name", name);
  }
  Json make(const char* name = "合同专用章") {
    return world.call(admin, "seal.make", {}, round(name));
  }
  // Uses a seal as a contract does, and commits its record.
  SealUse use(const SealUseRequest& in) {
    OwnCall call("ent_caller");
    SealUse out = world.client<Seals>(call.call()).use(in);
    world.commit_contribution(out.writes);
    return out;
  }
  // How the commit of what a use contributes ends.
  cinnabar_status commit_status(const WriteSet& writes) {
    try {
      world.commit_contribution(writes);
      return CINNABAR_OK;
    } catch (const Error& error) {
      return error.status();
    }
  }
  std::string use_refusal(const SealUseRequest& in, bool preview = false) {
    OwnCall call("ent_caller");
    try {
      const auto seals = world.client<Seals>(call.call());
      preview ? seals.preview(in) : seals.use(in);
      return {};
    } catch (const Error& error) {
      return error.code();
    }
  }
  static ObjectInfo object(const Json& seal) { return {seal["id"].text(), "ent_1", {"owner"}}; }
  std::string change(const SubjectInfo& subject, const char* route, const Json& seal) {
    return world.refusal(subject, route, {{"seal", seal["id"].text()}}, Json(), object(seal));
  }

  const SubjectInfo admin = testing::as("per_admin", "ent_1");
  const SubjectInfo member = testing::as("per_member", "ent_1");
  const SealUseRequest by_member{{}, "enterprise", "per_member", "ent_1", "con_1"};
  const SealUseRequest by_person{{}, "personal", "per_member", {}, "con_1"};
  FakeOrganisation organisation;
  FakeBindings bindings;
  FakeSealType type{bindings};
  FakeAuthority authority;
  testing::FakeHooks hooks;
  testing::DomainWorld world{&cinnabar_plugin_v1, "cinnabar.seal", __FILE__};
};

TEST_F(SealTest, TheEnterprisesScriptDecidesAboutItsSeals) {
  hooks.deny = "seal.before_make";
  EXPECT_EQ(world.refusal(admin, "seal.make", {}, round("合同专用章")), "hook.denied");
  EXPECT_TRUE(world.events.empty());
  hooks.deny = "seal.before_use";
  const Json seal = make();
  EXPECT_EQ(use_refusal(by_member), "hook.denied");
  EXPECT_EQ(hooks.seen["seal.before_use ent_1"]["name"].text(), "合同专用章");
  EXPECT_EQ(hooks.seen["seal.before_use ent_1"]["person"].text(), "per_member");
  EXPECT_EQ(hooks.seen["seal.before_use ent_1"]["contract"].text(), "con_1");
  EXPECT_EQ(use_refusal(by_member, true), "");  // nothing is put anywhere yet
  EXPECT_EQ(use_refusal(by_person), "");
  hooks.deny = "seal.before_disable";
  EXPECT_EQ(change(admin, "seal.disable", seal), "hook.denied");
  hooks.deny.clear();
  EXPECT_EQ(change(admin, "seal.disable", seal), "");
  hooks.ran.clear();
  for (const EventDraft& event : world.events) {
    StoredEvent stored;
    stored.type = event.type;
    stored.aggregate = event.aggregate;
    stored.owner = event.owner;
    stored.actor = event.actor;
    world.deliver(stored);
  }
  EXPECT_EQ(hooks.ran, (std::vector<std::string>{"seal.after_make ent_1",
                                                 "seal.after_disable ent_1"}));
}

TEST_F(SealTest, AnAdministratorMakesASealOfTheEnterprisesOwnName) {
  const Json seal = make();
  EXPECT_EQ(seal["text"].text(), "朱砂科技有限公司");
  EXPECT_EQ(seal["title"].text(), "合同专用章");
  EXPECT_EQ(seal["kind"].text(), "enterprise");
  EXPECT_EQ(world.grants.back().grantee, "ent_1");
  ASSERT_EQ(authority.requests.size(), 1u);
  EXPECT_EQ(authority.requests[0].profile, "enterprise");
  EXPECT_EQ(authority.requests[0].identifier, seal["id"].text());
  EXPECT_EQ(make("公章")["title"].text(), "");
}

TEST_F(SealTest, OneSealANameMayBeEnabledEvenWhenTwoAreMadeAtOnce) {
  world.before_commit = [&] { make(); };
  EXPECT_EQ(world.refusal(admin, "seal.make", {}, round("合同专用章")), "seal.limit");
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM seal_seal").integer(), 1);
}

TEST_F(SealTest, ADisabledSealIsNotUsedAndMakesRoomForAnother) {
  const Json first = make();
  EXPECT_EQ(change(admin, "seal.disable", first), "");
  EXPECT_EQ(change(admin, "seal.disable", first), "seal.state_unfit");
  EXPECT_EQ(use_refusal(by_member), "seal.none");
  SealUseRequest named = by_member;
  named.seal = first["id"].text();
  EXPECT_EQ(use_refusal(named), "seal.disabled");
  const Json second = make();
  EXPECT_EQ(change(admin, "seal.enable", first), "seal.limit");
  EXPECT_EQ(change(admin, "seal.disable", second), "");
  EXPECT_EQ(change(admin, "seal.enable", first), "");
  EXPECT_EQ(use(by_member).seal, first["id"].text());
}

TEST_F(SealTest, ASealDisabledBeforeTheCommitIsNotUsed) {
  const Json seal = make();
  OwnCall call("ent_caller");
  const SealUse asked = world.client<Seals>(call.call()).use(by_member);
  EXPECT_EQ(change(admin, "seal.disable", seal), "");
  EXPECT_EQ(commit_status(asked.writes), CINNABAR_CONFLICT);
  EXPECT_EQ(use_refusal(by_member), "seal.none") << "what the act meets when it is computed again";
  EXPECT_EQ(change(admin, "seal.enable", seal), "");
  EXPECT_EQ(commit_status(asked.writes), CINNABAR_CONFLICT) << "it was disabled in between";
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM seal_usage").integer(), 0);
  EXPECT_NO_THROW(use(by_member));
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM seal_usage").integer(), 1);
}

TEST_F(SealTest, ASignatureDisabledBeforeTheCommitIsNotUsed) {
  const SealUse first = use(by_person);
  OwnCall call("ent_caller");
  const SealUse asked = world.client<Seals>(call.call()).use(by_person);
  ASSERT_EQ(asked.seal, first.seal);
  EXPECT_EQ(world.refusal(testing::as("per_member"), "seal.disable", {{"seal", first.seal}}, Json(),
                          {first.seal, "per_member", {"owner"}}),
            "");
  EXPECT_EQ(commit_status(asked.writes), CINNABAR_CONFLICT);
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM seal_usage").integer(), 1);
}

TEST_F(SealTest, UsesAtTheSameTimeDoNotHinderEachOtherNorBeingDisabled) {
  const Json seal = make();
  OwnCall call("ent_caller");
  const SealUse one = world.client<Seals>(call.call()).use(by_member);
  const SealUse other = world.client<Seals>(call.call()).use(by_member);
  world.before_commit = [&] {
    EXPECT_EQ(commit_status(one.writes), CINNABAR_OK);
    EXPECT_EQ(commit_status(other.writes), CINNABAR_OK);
  };
  EXPECT_EQ(change(admin, "seal.disable", seal), "");
  EXPECT_EQ(world.computed, 1);
  EXPECT_EQ(world.value("SELECT uses FROM seal_seal").integer(), 2) << "disabling keeps the count";
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM seal_usage").integer(), 2);
}

TEST_F(SealTest, ATypeSwitchedOffRefusesMakingAndUseForThatOwnerOnly) {
  make();
  bindings.switched_off_for = "ent_1";
  EXPECT_EQ(world.refusal(admin, "seal.make", {}, round("公章")), "seal.type_disabled");
  EXPECT_EQ(use_refusal(by_member), "seal.type_disabled");
  EXPECT_EQ(use_refusal(by_member, true), "seal.type_disabled");
  bindings.switched_off_for = "ent_2";
  EXPECT_NO_THROW(use(by_member));
}

TEST_F(SealTest, UseGivesTheDrawingAndTheSealsOwnKeyAndIsRecorded) {
  const Json seal = make();
  make("公章");
  const SealUse used = use(by_member);
  EXPECT_EQ(used.seal, seal["id"].text());
  EXPECT_EQ(used.drawing.content.text(), "draws 朱砂科技有限公司/合同专用章");
  EXPECT_EQ(used.drawing.width, 119);
  EXPECT_EQ(used.credential.key.id, "key1");
  ASSERT_EQ(used.credential.chain.size(), 2u);
  EXPECT_EQ(used.credential.chain[0].text(), "own1");
  EXPECT_EQ(used.signer_name, "朱砂科技有限公司");
  const Json usages =
      world.call(member, "seal.usages", {{"seal", used.seal}}, Json(), object(seal));
  ASSERT_EQ(usages["usages"].items().size(), 1u);
  EXPECT_EQ(usages["usages"].items()[0]["person"].text(), "per_member");
  EXPECT_EQ(usages["usages"].items()[0]["contract"].text(), "con_1");
  EXPECT_EQ(type.drawn, 2) << "signing does not draw";
}

TEST_F(SealTest, OnlyMembersUseIt) {
  const Json seal = make();
  SealUseRequest other = by_member;
  other.person = "per_stranger";
  EXPECT_EQ(use_refusal(other), "seal.not_holder");
  other = by_member;
  other.enterprise = "ent_2";
  EXPECT_EQ(use_refusal(other), "seal.not_holder");
  SealUseRequest borrowed = by_person;
  borrowed.seal = seal["id"].text();
  EXPECT_EQ(use_refusal(borrowed), "seal.not_found");
}

TEST_F(SealTest, AFirstSignatureIsMadeWhenItIsNeededAndKept) {
  OwnCall call("ent_caller");
  const SealUse plan = world.client<Seals>(call.call()).preview(by_person);
  EXPECT_TRUE(plan.writes.empty());
  EXPECT_EQ(plan.drawing.width, 119);
  EXPECT_TRUE(authority.requests.empty()) << "a preview issues nothing";
  const SealUse first = use(by_person), second = use(by_person);
  EXPECT_EQ(first.type, "name");
  EXPECT_EQ(first.signer_name, "李雪");
  EXPECT_EQ(second.seal, first.seal);
  EXPECT_EQ(second.credential.key.id, first.credential.key.id);
  ASSERT_EQ(authority.requests.size(), 1u);
  EXPECT_EQ(authority.requests[0].profile, "person");
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM seal_usage").integer(), 2);
}

TEST_F(SealTest, APersonHasOneCertificateForAllSignatures) {
  const SubjectInfo person = testing::as("per_member");
  world.call(person, "seal.make", {}, Json::object());
  world.call(person, "seal.make", {}, Json::object().set("name", "行书"));
  EXPECT_EQ(authority.requests.size(), 1u);
}

TEST_F(SealTest, ACertificateThatEndsIsReplacedBeforeUse) {
  authority.ends_ms = world.host.host().now_ms(Clock::real) + 30LL * 86'400'000;
  make();
  EXPECT_EQ(use(by_member).credential.key.id, "key1");
  world.host.advance_ms(30LL * 86'400'000 - 3'600'000);
  authority.ends_ms = world.host.host().now_ms(Clock::real) + 30LL * 86'400'000;
  EXPECT_EQ(use(by_member).credential.key.id, "key2");
  EXPECT_EQ(use(by_member).credential.key.id, "key2");
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM seal_credential").integer(), 2);
}

TEST_F(SealTest, AShortLivedCertificateServesUntilAThirdOfItsLifeIsLeft) {
  authority.starts_ms = world.host.host().now_ms(Clock::real);
  authority.ends_ms = authority.starts_ms + 3'600'000;
  make();
  EXPECT_EQ(use(by_member).credential.key.id, "key1");
  world.host.advance_ms(2'300'000);
  EXPECT_EQ(use(by_member).credential.key.id, "key1");
  world.host.advance_ms(200'000);
  authority.ends_ms += 3'600'000;
  EXPECT_EQ(use(by_member).credential.key.id, "key2");
}

TEST_F(SealTest, DisablingASealHasItsCertificateRevokedAndNeverUsedAgain) {
  const Json seal = make();
  make("公章");
  EXPECT_EQ(change(admin, "seal.disable", seal), "");
  EXPECT_TRUE(authority.revoked.empty()) << "that is the job's";
  world.run_jobs();
  ASSERT_EQ(authority.revoked.size(), 1u);
  EXPECT_EQ(authority.revoked[0].serial, "serial1");
  EXPECT_EQ(authority.revoked[0].reason, "cessation-of-operation");
  EXPECT_EQ(world.events.back().type, "seal.certificate_revoked");
  EXPECT_EQ(world.events.back().data["certificate_sha256"].text(), "sha1");
  EXPECT_EQ(change(admin, "seal.enable", seal), "");
  SealUseRequest named = by_member;
  named.seal = seal["id"].text();
  EXPECT_EQ(use(named).credential.key.id, "key3") << "a generation of its own";
  EXPECT_EQ(change(admin, "seal.disable", seal), "");
  world.run_jobs();
  ASSERT_EQ(authority.revoked.size(), 2u);
  EXPECT_EQ(authority.revoked[1].serial, "serial3");
}

TEST_F(SealTest, EveryGenerationThatHasNotEndedIsRevoked) {
  authority.ends_ms = world.host.host().now_ms(Clock::real) + 30LL * 86'400'000;
  const Json seal = make();
  world.host.advance_ms(30LL * 86'400'000 - 3'600'000);
  authority.ends_ms = world.host.host().now_ms(Clock::real) + 30LL * 86'400'000;
  use(by_member);
  change(admin, "seal.disable", seal);
  world.run_jobs();
  EXPECT_EQ(authority.revoked.size(), 2u);
  change(admin, "seal.enable", seal);
  world.host.advance_ms(40LL * 86'400'000);
  change(admin, "seal.disable", seal);
  EXPECT_EQ(world.run_jobs(), 0) << "one that has ended needs no revoking";
}

TEST_F(SealTest, TheAuthorityThatKnowsTheCertificateRevokesIt) {
  const Json seal = make();
  change(admin, "seal.disable", seal);
  authority.unknown = 1;
  world.run_jobs();
  EXPECT_EQ(authority.revoked.size(), 1u);
}

TEST_F(SealTest, AnAuthorityThatIsDownFailsTheJobWhichIsTriedAgain) {
  const Json seal = make();
  change(admin, "seal.disable", seal);
  ASSERT_EQ(world.jobs.size(), 1u);
  const JobDraft job = world.jobs[0];
  authority.down = true;
  EXPECT_THROW(world.run_jobs(), Error);
  authority.down = false;
  world.jobs = {job};
  world.run_jobs();
  EXPECT_EQ(authority.revoked.size(), 1u);
}

TEST_F(SealTest, APersonsCertificateIsRevokedWithTheLastSignatureOnly) {
  const SubjectInfo person = testing::as("per_member");
  const Json one = world.call(person, "seal.make", {}, Json::object());
  const Json two = world.call(person, "seal.make", {}, Json::object().set("name", "行书"));
  const auto disable = [&](const Json& seal) {
    return world.refusal(person, "seal.disable", {{"seal", seal["id"].text()}}, Json(),
                         {seal["id"].text(), "per_member", {"owner"}});
  };
  EXPECT_EQ(disable(one), "");
  EXPECT_EQ(world.run_jobs(), 0);
  EXPECT_EQ(disable(two), "");
  EXPECT_EQ(world.run_jobs(), 1);
  ASSERT_EQ(authority.revoked.size(), 1u);
  EXPECT_EQ(authority.revoked[0].serial, "serial1");
}

TEST_F(SealTest, APreviewRecordsNothing) {
  make();
  OwnCall call("ent_caller");
  const SealUse plan = world.client<Seals>(call.call()).preview(by_member);
  EXPECT_TRUE(plan.writes.empty());
  EXPECT_EQ(plan.credential.key.id, "key1");
  EXPECT_EQ(plan.drawing.width, 119);
}

TEST_F(SealTest, WhatIsDrawnIsKeptAsBlobsThatTheWriteSetNames) {
  const HttpAnswer answer = world.request(admin, "seal.make", {}, round("公章"));
  EXPECT_EQ(answer.writes.blobs.size(), 2u);
  for (const std::string& id : answer.writes.blobs) EXPECT_TRUE(world.host.blobs().count(id));
}

TEST(CertificateName, IsCutAtSixtyFourCharactersNotBytes) {
  std::string name;
  for (int i = 0; i < 70; ++i) name += "朱";
  EXPECT_EQ(certificate_name(name).size(), 64u * 3);
  EXPECT_EQ(certificate_name("朱砂"), "朱砂");
}

}  // namespace
}  // namespace cinnabar
