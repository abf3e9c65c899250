// Signing: who, when, how often, with what, and exactly once.
#include "scenario.hpp"

namespace cinnabar::contract {
namespace {

using Signing = Scenario;

TEST_F(Signing, TakesPlaceInOrder) {
  const std::string id = signing();
  EXPECT_EQ(world.refusal(person, "contract.sign_begin", id,
                          Json::object().set("method", "password")),
            "contract.not_your_turn");
  sign(company, id);
  sign(person, id);
}

TEST_F(Signing, BelongsToTheHandlerActingForTheEnterprise) {
  const std::string id = signing();
  const Json begin = Json::object().set("method", "password");
  EXPECT_EQ(world.refusal(colleague, "contract.sign_begin", id, begin), "contract.not_handler");
  EXPECT_EQ(world.refusal(stranger, "contract.sign_begin", id, begin), "object.not_found");
  world.organisation.members.erase({"ent_1", "per_chen"});
  EXPECT_EQ(world.refusal(company, "contract.sign_begin", id, begin),
            "contract.handler_not_member");
}

TEST_F(Signing, IsOneEffectHoweverOftenItIsAsked) {
  const std::string id = signing();
  const Json body = sign_body(company, id);
  world.call(company, "contract.sign", id, body);
  EXPECT_EQ(world.refusal(company, "contract.sign", id, body), "contract.already_signed");
  EXPECT_EQ(occurrences(id, "contract.signed"), 1);
  EXPECT_EQ(world.seals.uses, 1);
}

TEST_F(Signing, LosesTheRaceWithoutALeftover) {
  const std::string id = signing();
  const Json body = sign_body(company, id);
  world.before_commit = [&] { world.call(company, "contract.sign", id, body); };
  EXPECT_EQ(world.refusal(company, "contract.sign", id, body), "contract.already_signed");
  EXPECT_EQ(occurrences(id, "contract.signed"), 1);
  EXPECT_EQ(count("contract_signature"), 2);
}

TEST_F(Signing, IsShownTheNewStateWhenAnotherPartyWasFaster) {
  const std::string id = sent(body_with("order", "unordered"));
  fill(id, "上海");
  const Json mine = sign_body(person, id);
  sign(company, id);
  EXPECT_EQ(world.refusal(person, "contract.sign", id, mine), "contract.changed");
  EXPECT_EQ(sign(person, id)["state"].text(), "completed");
}

TEST_F(Signing, RefusesAStaleVersionAndAnotherDigest) {
  const std::string id = signing();
  const Json good = sign_body(company, id);
  Json stale = good;
  stale.set("version", good["version"].integer() - 1);
  EXPECT_EQ(world.refusal(company, "contract.sign", id, stale), "contract.changed");
  Json other = good;
  other.set("shown_digest", std::string(64, '0'));
  EXPECT_EQ(world.refusal(company, "contract.sign", id, other), "contract.changed");
  EXPECT_EQ(occurrences(id, "contract.signed"), 0);
  world.call(company, "contract.sign", id, good);
}

TEST_F(Signing, CountsWrongAnswersAndGivesUp) {
  const std::string id = signing();
  const Json wrong = sign_body(company, id, "guess");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(world.refusal(company, "contract.sign", id, wrong), "contract.answer_wrong");
  EXPECT_EQ(world.refusal(company, "contract.sign", id, wrong), "contract.challenge_exhausted");
  EXPECT_EQ(occurrences(id, "contract.authentication_failed"), 3);
  sign(company, id);
}

TEST_F(Signing, LetsAChallengeExpireOnTheRealClock) {
  const std::string id = signing();
  const Json body = sign_body(company, id);
  world.real_ms += 301'000;
  EXPECT_EQ(world.refusal(company, "contract.sign", id, body), "contract.challenge_expired");
}

TEST_F(Signing, KeepsAChallengeForItsPartyAndItsContract) {
  const std::string id = sent(body_with("order", "unordered"));
  fill(id, "上海");
  Json theirs = sign_body(company, id);
  EXPECT_EQ(world.refusal(person, "contract.sign", id, theirs), "contract.challenge_unknown");
  const std::string other = signing();
  const Json here = sign_body(company, other);
  Json mixed = here;
  mixed.set("challenge_id", theirs["challenge_id"]);
  EXPECT_EQ(world.refusal(company, "contract.sign", other, mixed), "contract.challenge_unknown");
}

TEST_F(Signing, LimitsHowOftenAPartyIsChallenged) {
  const std::string id = signing();
  for (int i = 0; i < kChallengesPerHourMax; ++i) sign_body(company, id);
  const Json begin = Json::object().set("method", "password");
  EXPECT_EQ(world.refusal(company, "contract.sign_begin", id, begin),
            "contract.challenges_too_many");
  world.real_ms += 3'600'001;
  EXPECT_EQ(world.refusal(company, "contract.sign_begin", id, begin), "");
}

TEST_F(Signing, AllowsOnlyTheMethodsOfTheParty) {
  Json party = company_party();
  party.set("auth_methods", Json::array().add("code"));
  const std::string id =
      sent(body_with("parties", Json::array().add(party).add(person_party())));
  fill(id, "上海");
  EXPECT_EQ(world.refusal(company, "contract.sign_begin", id,
                          Json::object().set("method", "password")),
            "contract.method_not_allowed");
}

TEST_F(Signing, DeliversACodeWithoutKeepingIt) {
  const std::string id = signing();
  world.notifier.take();
  world.method.deliver = true;
  sign_body(company, id);
  ASSERT_EQ(world.notifier.messages.size(), 1u);
  EXPECT_EQ(world.notifier.messages[0].kind, "auth.code");
  EXPECT_EQ(world.notifier.messages[0].mobile, "13800001111");
  for (const EventDraft& event : world.events)
    EXPECT_EQ(to_json(event.data).find("123456"), std::string::npos);
}

TEST_F(Signing, StopsAtAGateAfterTheIdentityIsProved) {
  const std::string id = signing();
  const Json body = sign_body(company, id);
  world.hooks.deny = "contract.before_sign";
  EXPECT_EQ(world.refusal(company, "contract.sign", id, body), "hook.denied");
  world.hooks.deny.clear();
  world.call(company, "contract.sign", id, body);
  world.hooks.ran.clear();
  sign(person, id);
  EXPECT_EQ(world.hooks.ran, (std::vector<std::string>{"contract.before_sign ent_1",
                                                       "contract.before_sign per_li"}));
}

TEST_F(Signing, WithoutATimestampLeavesNothingBehind) {
  const std::string id = signing();
  const Json body = sign_body(company, id);
  world.signatures.unreachable = true;
  EXPECT_EQ(world.refusal(company, "contract.sign", id, body), "signature.level_unreachable");
  world.signatures.unreachable = false;
  EXPECT_EQ(count("contract_signature"), 1);
  world.call(company, "contract.sign", id, body);
}

TEST_F(Signing, RefusesASealThatDoesNotFitItsArea) {
  const std::string id = signing();
  world.seals.side = 130.2;
  EXPECT_EQ(world.refusal(company, "contract.sign", id, sign_body(company, id)),
            "contract.seal_too_large");
}

TEST_F(Signing, TakesTheSealThatIsChosen) {
  const std::string id = signing();
  Json body = sign_body(company, id);
  body.set("marks", Json::array().add(Json::object().set("control", "signature").set("seal", "s")));
  EXPECT_EQ(world.refusal(company, "contract.sign", id, body), "contract.control_not_yours");
  body.set("marks", Json::array().add(Json::object().set("control", "seal").set("seal", "sel_9")));
  world.call(company, "contract.sign", id, body);
  const auto rows =
      world.query("SELECT seals FROM contract_signature WHERE party = 'company'").rows;
  EXPECT_EQ(rows.at(0).at(0).text(), "[\"sel_9\"]");
}

TEST_F(Signing, DrawsPageSealDateAndSealInOneSignature) {
  Json edge = Json::object().set("id", "edge").set("party", "company").set("kind", "page_seal");
  const std::string id = sent(body_with(
      "controls", Json::array()
                      .add(control("seal", "company", "enterprise_seal"))
                      .add(control("date", "company", "sign_date"))
                      .add(edge)
                      .add(control("signature", "person", "personal_signature"))));
  world.signatures.requests.clear();
  sign(company, id);
  ASSERT_EQ(world.signatures.requests.size(), 1u);
  const SignRequest& request = world.signatures.requests[0];
  ASSERT_EQ(request.marks.size(), 5u);  // seal, date, a slice on each of three pages
  EXPECT_EQ(request.map.fields.size(), 5u);
  EXPECT_EQ(request.drawings[static_cast<std::size_t>(request.marks[1].drawing)].content.view(),
            "text 2026年2月2日");
  for (std::size_t i = 2; i < 5; ++i) {
    EXPECT_EQ(request.marks[i].slice_count, 3);
    EXPECT_EQ(request.marks[i].slice_index, static_cast<int>(i) - 2);
    EXPECT_EQ(request.marks[i].drawing, request.marks[2].drawing);
  }
}

TEST_F(Signing, SignsSeparatelyForTheEnterpriseAndItsHandler) {
  const std::string id = sent(body_with(
      "controls", Json::array()
                      .add(control("seal", "company", "enterprise_seal"))
                      .add(control("own", "company", "personal_signature"))
                      .add(control("signature", "person", "personal_signature"))));
  world.signatures.requests.clear();
  sign(company, id);
  ASSERT_EQ(world.signatures.requests.size(), 2u);
  EXPECT_EQ(world.signatures.requests[0].signer_name, "ent_1");
  EXPECT_EQ(world.signatures.requests[1].signer_name, "per_chen");
  EXPECT_EQ(
      world.signatures.requests[1].state.length,
      world.signatures.requests[0].state.length +
          static_cast<std::int64_t>(std::string("\nsigned by ent_1: party1_control1").size()));
}

}  // namespace
}  // namespace cinnabar::contract
