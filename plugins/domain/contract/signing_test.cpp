// Signing: who, when, how often, with what, and exactly once.
#include "attempts.hpp"
#include "digest.hpp"
#include "scenario.hpp"

namespace cinnabar::contract {
namespace {

class Signing : public Scenario {
 protected:
  const Json begin = Json::object().set("method", "password");

  // Gives so many wrong answers, each on a contract of its own; what the last one is told.
  std::string guess(int times) {
    std::string told;
    for (int i = 0; i < times; ++i) {
      const std::string decoy = signing();
      told = world.refusal(company, "contract.sign", decoy, sign_body(company, decoy, "guess"));
    }
    return told;
  }
  std::int64_t attempts(const char* column) {
    const Rows found = world.query(std::string("SELECT ") + column +
                                   " FROM contract_attempt WHERE person = 'per_chen'");
    return found.rows.at(0).at(0).integer();
  }
};

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

TEST_F(Signing, TiesEachActToItsChallengeAndToWhatItMade) {
  const std::string id = signing();
  const Json wrong = sign_body(company, id, "guess");
  world.refusal(company, "contract.sign", id, wrong);
  const Json begun = told(id, "contract.signing_begun");
  const Json failed = told(id, "contract.authentication_failed");
  EXPECT_EQ(begun["challenge"].text(), wrong["challenge_id"].text());
  EXPECT_EQ(failed["challenge"].text(), wrong["challenge_id"].text());
  EXPECT_EQ(failed["shown_digest"].text(), wrong["shown_digest"].text());

  const Json body = sign_body(company, id);
  world.call(company, "contract.sign", id, body);
  const Json act = told(id, "contract.signed");
  EXPECT_EQ(act["challenge"].text(), body["challenge_id"].text());
  EXPECT_EQ(act["version"].integer(), body["version"].integer() + 1);
  EXPECT_EQ(act["documents"].items()[0]["sha256"].text(), sha256_hex(document(person, id)));
  const Json& signature = act["signatures"].items().at(0);
  EXPECT_EQ(signature["level"].text(), "B-T");
  const OwnCall own;
  const Call call = own.call();
  const Dossier dossier = world.service<Contracts>(call).dossier({id, "ent_1"});
  EXPECT_EQ(signature["content"].text(), dossier.documents[0].segments.at(1).content);
  EXPECT_EQ(signature["certificate_sha256"].text(), dossier.signatures[1].certificate_sha256);
}

TEST_F(Signing, RefusalNamesWhatWasRefused) {
  const std::string id = signing();
  const Json view = world.call(company, "contract.view", id);
  world.call(company, "contract.refuse", id, Json::object().set("reason", "价格有误"));
  const Json act = told(id, "contract.refused");
  EXPECT_EQ(act["shown_digest"].text(), view["shown_digest"].text());
  EXPECT_EQ(act["documents"].items().size(), 1u);
  EXPECT_EQ(act["party"].text(), "company");
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
  EXPECT_EQ(world.refusal(company, "contract.sign_begin", id, begin),
            "contract.challenges_too_many");
  world.real_ms += 3'600'001;
  EXPECT_EQ(world.refusal(company, "contract.sign_begin", id, begin), "");
}

TEST_F(Signing, LimitsChallengesThatAreBegunAtTheSameTime) {
  const std::string id = signing();
  for (int i = 1; i < kChallengesPerHourMax; ++i) sign_body(company, id);
  world.before_commit = [&] { sign_body(company, id); };
  EXPECT_EQ(world.refusal(company, "contract.sign_begin", id, begin),
            "contract.challenges_too_many");
  EXPECT_EQ(count("contract_challenge"), kChallengesPerHourMax);
  EXPECT_EQ(occurrences(id, "contract.signing_begun"), kChallengesPerHourMax);
}

TEST_F(Signing, BlocksTheMethodOfAPersonWhoGuessesOnManyContracts) {
  const std::string id = signing();
  const Json right = sign_body(company, id);
  EXPECT_EQ(guess(kFailuresMax), "contract.answer_wrong");
  const std::string fresh = signing();
  EXPECT_EQ(world.refusal(company, "contract.sign", id, right), "contract.authentication_blocked");
  EXPECT_EQ(world.refusal(company, "contract.sign_begin", fresh, begin),
            "contract.authentication_blocked");
  EXPECT_EQ(occurrences(id, "contract.signed"), 0);
  EXPECT_EQ(attempts("failures"), kFailuresMax) << "what is not judged is not counted";
  EXPECT_EQ(world.refusal(company, "contract.sign_begin", fresh,
                          Json::object().set("method", "code")),
            "") << "the other method stays open";
  world.real_ms += kBlockMs;
  EXPECT_EQ(sign(company, id)["state"].text(), "signing");
  EXPECT_EQ(world.refusal(person, "contract.sign_begin", id, begin), "");
}

TEST_F(Signing, SaysUntilWhenItIsBlocked) {
  guess(kFailuresMax);
  const std::string id = signing();
  try {
    world.call(company, "contract.sign_begin", id, begin);
    FAIL() << "begun while blocked";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "contract.authentication_blocked");
    const ErrorParams& params = error.params();
    EXPECT_EQ(std::count(params.begin(), params.end(),
                         std::pair<std::string, std::string>(
                             "until", to_rfc3339(Time{world.real_ms + kBlockMs}))),
              1);
  }
}

TEST_F(Signing, TellsNoMoreTriesThanTheBlockLeaves) {
  guess(kFailuresMax - 1);
  const std::string id = signing();
  try {
    world.call(company, "contract.sign", id, sign_body(company, id, "guess"));
    FAIL() << "a guess was taken";
  } catch (const Error& error) {
    const ErrorParams& params = error.params();
    EXPECT_EQ(std::count(params.begin(), params.end(),
                         std::pair<std::string, std::string>("tries_left", "0")),
              1);
  }
}

TEST_F(Signing, CountsWrongAnswersThatAreGivenAtTheSameTime) {
  const std::string one = signing(), other = signing();
  const Json here = sign_body(company, one, "guess"), there = sign_body(company, other, "guess");
  for (int expected : {2, 4}) {  // without a row yet, and with one
    world.before_commit = [&] {
      EXPECT_EQ(world.refusal(company, "contract.sign", other, there), "contract.answer_wrong");
    };
    EXPECT_EQ(world.refusal(company, "contract.sign", one, here), "contract.answer_wrong");
    EXPECT_EQ(attempts("failures"), expected);
  }
}

TEST_F(Signing, TakesNoRightAnswerThatTheBlockOvertook) {
  for (const bool known : {false, true}) {  // the person's row is there already
    if (known) {
      world.real_ms += kBlockMs;
      const std::string id = signing();
      sign(company, id);
    }
    const std::string id = signing();
    const Json right = sign_body(company, id);
    world.before_commit = [&] { guess(kFailuresMax); };
    EXPECT_EQ(world.refusal(company, "contract.sign", id, right),
              "contract.authentication_blocked");
    EXPECT_EQ(occurrences(id, "contract.signed"), 0);
  }
}

TEST_F(Signing, ClearsTheCountWithARightAnswer) {
  guess(kFailuresMax - 1);
  const std::string id = signing();
  sign(company, id);
  EXPECT_EQ(attempts("failures"), 0);
  EXPECT_EQ(guess(kFailuresMax - 1), "contract.answer_wrong");
  const std::string other = signing();
  EXPECT_EQ(world.refusal(company, "contract.sign_begin", other, begin), "");
}

TEST_F(Signing, ForgetsWrongAnswersAfterAnHour) {
  guess(kFailuresMax - 1);
  world.real_ms += kFailureWindowMs;
  guess(1);
  EXPECT_EQ(attempts("failures"), 1);
  EXPECT_EQ(attempts("blocked_until"), 0);
}

TEST_F(Signing, TakesRightAnswersAtTheSameTimeWithoutComputingThemAgain) {
  const std::string first = signing(), one = signing(), other = signing();
  sign(company, first);
  const Json here = sign_body(company, one), there = sign_body(company, other);
  world.seals.uses = 0;
  world.before_commit = [&] { world.call(company, "contract.sign", other, there); };
  world.call(company, "contract.sign", one, here);
  EXPECT_EQ(world.seals.uses, 2);
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
  EXPECT_EQ(to_json(world.hooks.last["seals"]), R"(["sel_per_li"])");
}

TEST_F(Signing, TellsTheGateEverySealThatTheActWillUse) {
  const std::string id = signing();
  const Json body = sign_body(company, id);
  world.seals.uses = 0;
  world.hooks.deny = "contract.before_sign";
  EXPECT_EQ(world.refusal(company, "contract.sign", id, body), "hook.denied");
  EXPECT_EQ(to_json(world.hooks.last["seals"]), R"(["sel_ent_1"])") << "the usual one";
  Json chosen = body;
  chosen.set("marks",
             Json::array().add(Json::object().set("control", "seal").set("seal", "sel_2")));
  EXPECT_EQ(world.refusal(company, "contract.sign", id, chosen), "hook.denied");
  EXPECT_EQ(to_json(world.hooks.last["seals"]), R"(["sel_2"])");
  EXPECT_EQ(world.seals.uses, 0) << "before the gate nothing happens";
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
