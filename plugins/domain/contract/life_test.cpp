// A contract's life over the plugin's routes: from upload to completion, and its other ends.
#include "digest.hpp"
#include "scenario.hpp"

namespace cinnabar::contract {
namespace {

using Life = Scenario;

TEST_F(Life, EndsCompletedWithThreeSignaturesOverTheWholeDocument) {
  const std::string id = sent();
  EXPECT_EQ(state(id), "filling");
  EXPECT_EQ(fill(id, "上海")["state"].text(), "signing");
  const Json sealed = sign(company, id);
  EXPECT_EQ(sealed["state"].text(), "signing");
  const Json signed_view = sign(person, id);
  EXPECT_EQ(signed_view["state"].text(), "completed");

  const std::string bytes = document(person, id);
  EXPECT_NE(bytes.find("place=上海"), std::string::npos);
  EXPECT_NE(bytes.find("signed by Cinnabar: cinnabar_platform"), std::string::npos);
  EXPECT_NE(bytes.find("signed by ent_1: party1_control2"), std::string::npos);
  EXPECT_NE(bytes.find("signed by per_li: party2_control3"), std::string::npos);
  EXPECT_EQ(signed_view["shown_digest"].text(), sha256_hex(bytes));
  EXPECT_EQ(count("contract_signature"), 3);
  EXPECT_EQ(world.event_types(id),
            (std::vector<std::string>{
                "contract.drafted", "contract.sent", "contract.filled", "contract.frozen",
                "contract.signing_begun", "contract.signed", "contract.signing_begun",
                "contract.signed", "contract.completed", "contract.downloaded"}));
}

TEST_F(Life, FreezesAtOnceWhenThereIsNothingToFill) {
  const std::string id = sent(body_with(
      "controls", Json::array()
                      .add(control("seal", "company", "enterprise_seal"))
                      .add(control("signature", "person", "personal_signature"))));
  EXPECT_EQ(state(id), "signing");
  EXPECT_EQ(world.authority.issued, 1) << "one platform certificate for the installation";
}

TEST_F(Life, FillsWithTheDraftsOwnValues) {
  Json place = control("place", "person", "text");
  place.set("value", "杭州");
  Json note = control("note", "", "text");
  note.set("value", "加急");
  const std::string id = sent(body_with(
      "controls", Json::array()
                      .add(place).add(note)
                      .add(control("seal", "company", "enterprise_seal"))
                      .add(control("signature", "person", "personal_signature"))));
  EXPECT_EQ(state(id), "signing");
  const std::string bytes = document(company, id);
  EXPECT_NE(bytes.find("place=杭州"), std::string::npos);
  EXPECT_NE(bytes.find("note=加急"), std::string::npos);
}

TEST_F(Life, TellsEachPartyWhenItsTurnComes) {
  const std::string id = sent();
  EXPECT_EQ(world.notifier.take(), std::vector<std::string>{"contract.fill_turn per_li"});
  fill(id, "上海");
  EXPECT_EQ(world.notifier.take(), std::vector<std::string>{"contract.sign_turn per_chen"});
  sign(company, id);
  EXPECT_EQ(world.notifier.take(), std::vector<std::string>{"contract.sign_turn per_li"});
  sign(person, id);
  EXPECT_EQ(world.notifier.take(), (std::vector<std::string>{"contract.completed per_chen",
                                                             "contract.completed per_li"}));
}

TEST_F(Life, KeepsFillingUntilItIsHandedIn) {
  const std::string id = sent();
  world.call(person, "contract.fill", id,
             Json::object()
                 .set("values", Json::object().set("place", "上"))
                 .set("save_only", true));
  EXPECT_EQ(state(id), "filling");
  const Json view = world.call(person, "contract.view", id);
  EXPECT_EQ(view["controls"].items()[0]["value"].text(), "上");
  EXPECT_EQ(fill(id, "上海")["state"].text(), "signing");
  EXPECT_EQ(world.refusal(person, "contract.fill", id,
                          Json::object().set("values", Json::object().set("place", "x"))),
            "contract.already_filled");
}

// Two people with a text each: the person's is required, the friend's is not.
struct SavedForLater : Scenario {
  SubjectInfo friend_{"per_zhou", "", false, ""};
  std::string id;

  SavedForLater() {
    world.organisation.by_mobile["15100003333"] = {"per_zhou", "周青", "15100003333", true};
    Json other = person_party();
    other.set("id", "friend").set("name", "周青").set("mobile", "15100003333");
    id = sent(body_with_parties(
                  Json::array().add(person_party()).add(other),
                  Json::array()
                      .add(control("place", "person", "text"))
                      .add(control("note", "friend", "text").set("required", false))
                      .add(control("s1", "person", "personal_signature"))
                      .add(control("s2", "friend", "personal_signature")))
                  .set("order", "unordered"));
  }
  void save(const char* text) {
    world.call(friend_, "contract.fill", id,
               Json::object()
                   .set("values", Json::object().set("note", text))
                   .set("save_only", true));
  }
  // The note as the subject sees it.
  std::string note(const SubjectInfo& subject) {
    return world.call(subject, "contract.view", id)["controls"].items()[1]["value"].text();
  }
};

TEST_F(SavedForLater, IsSeenByItsPartyAlone) {
  save("草稿");
  EXPECT_EQ(note(friend_), "草稿");
  EXPECT_EQ(note(person), "");
  EXPECT_EQ(note(company), "");
}

TEST_F(SavedForLater, IsNotShownAfterARefusal) {
  save("草稿");
  world.call(person, "contract.refuse", id, Json::object().set("reason", "价格不对"));
  EXPECT_EQ(note(person), "");
  EXPECT_EQ(note(company), "");
}

TEST_F(SavedForLater, IsNotDrawnNorSignedInto) {
  save("草稿");
  EXPECT_EQ(fill(id, "上海")["state"].text(), "signing");
  EXPECT_EQ(document(company, id).find("草稿"), std::string::npos);
  sign(friend_, id);
  EXPECT_EQ(note(friend_), "") << "signing hands nothing in";
  EXPECT_EQ(note(company), "");
}

TEST_F(SavedForLater, DoesNotKeepOthersFromHandingIn) {
  save("\U00010FFF");
  EXPECT_EQ(fill(id, "上海")["state"].text(), "signing");
}

TEST_F(Life, RefusesValuesThatAreMissingWrongOrNotOnesOwn) {
  const std::string id = sent();
  const auto refused = [&](Json values) {
    return world.refusal(person, "contract.fill", id, Json::object().set("values", values));
  };
  EXPECT_EQ(refused(Json::object()), "contract.value_missing");
  EXPECT_EQ(refused(Json::object().set("place", 5)), "contract.value_invalid");
  EXPECT_EQ(refused(Json::object().set("seal", "x")), "contract.control_not_yours");
  EXPECT_EQ(refused(Json::object().set("place", "\U00010FFF")), "document.glyph_missing");
  EXPECT_EQ(state(id), "filling");
}

TEST_F(Life, EndsForAllWhenAPartyRefuses) {
  const std::string id = signing();
  world.notifier.take();
  const Json view =
      world.call(person, "contract.refuse", id, Json::object().set("reason", "价格不对"));
  EXPECT_EQ(view["state"].text(), "rejected");
  EXPECT_EQ(view["reason"].text(), "价格不对");
  EXPECT_EQ(world.notifier.take(),
            (std::vector<std::string>{"contract.rejected per_chen", "contract.rejected per_li"}));
  EXPECT_EQ(world.refusal(company, "contract.sign_begin", id,
                          Json::object().set("method", "password")),
            "contract.state_unfit");
}

TEST_F(Life, MayBeRevokedByTheInitiatorUntilItIsCompleted) {
  const std::string id = signing();
  EXPECT_EQ(world.refusal(company, "contract.revoke", id, Json::object().set("reason", "abc")),
            "request.invalid");
  sign(company, id);
  EXPECT_EQ(
      world.call(company, "contract.revoke", id, Json::object().set("reason", "条款有误"))["state"]
          .text(),
      "revoked");
  const std::string done = signing();
  sign(company, done);
  sign(person, done);
  EXPECT_EQ(world.refusal(company, "contract.revoke", done, Json::object().set("reason", "条款有误")),
            "contract.state_unfit");
}

TEST_F(Life, ExpiresByItsJobAndNotBefore) {
  const std::string id = signing();
  world.run_due("expire");
  EXPECT_EQ(state(id), "signing");
  world.business_ms += std::int64_t{30} * 86'400'000;
  EXPECT_EQ(world.refusal(company, "contract.sign_begin", id,
                          Json::object().set("method", "password")),
            "contract.overdue");
  world.run_due("expire");
  EXPECT_EQ(state(id), "expired");
  world.run_due("expire");
  EXPECT_EQ(occurrences(id, "contract.expired"), 1);
}

TEST_F(Life, ExpiresLaterWhenTheClockWasSetBackMeanwhile) {
  const std::string id = signing();
  const JobDraft late = *std::find_if(world.jobs.begin(), world.jobs.end(),
                                 [](const JobDraft& job) { return job.kind == "expire"; });
  const OwnCall own("ent_1");
  const Call call = own.call();
  world.commit(world.service<Domain>(call).run_job({"job", "expire", "ent_1", 1, late.data}));
  EXPECT_EQ(state(id), "signing");
  EXPECT_EQ(world.jobs.back().kind, "expire");
  EXPECT_EQ(world.jobs.back().run_at, late.run_at);
}

TEST_F(Life, RemindsADayBeforeTheDeadline) {
  const std::string id = signing();
  world.notifier.take();
  world.business_ms += std::int64_t{29} * 86'400'000;
  world.run_due("remind");
  EXPECT_EQ(world.notifier.take(), std::vector<std::string>{"contract.expiring per_chen"});
}

TEST_F(Life, SignsSeveralDocumentsInOneAct) {
  Json draft_body = body();
  const std::string second = world.upload(company, "%PDF 1 second");
  draft_body.set("files", Json::array().add(draft_body["files"].items()[0]).add(second));
  const std::string id = sent(draft_body);
  fill(id, "上海");
  sign(company, id);
  EXPECT_EQ(sign(person, id)["state"].text(), "completed");
  EXPECT_EQ(count("contract_signature"), 6);
  const auto parts =
      world.request(person, "contract.document_number", id, {}, {}, {{"number", "2"}}).parts;
  std::string bytes;
  for (const std::string& part : parts) bytes += world.blobs.at(part);
  EXPECT_NE(bytes.find("second"), std::string::npos);
  EXPECT_NE(bytes.find("signed by per_li: party2_consent"), std::string::npos);
}

TEST_F(Life, IsNeverStuck) {
  const std::string id = signing();
  const OwnCall own;
  const Call call = own.call();
  EXPECT_TRUE(world.service<Doctor>(call).examine({}).checks[0].ok);
  world.business_ms += std::int64_t{31} * 86'400'000;
  const Check late = world.service<Doctor>(call).examine({}).checks[0];
  EXPECT_EQ(late.count, 1);
  EXPECT_NE(late.detail.find(id), std::string::npos);
  world.run_due("expire");
  EXPECT_TRUE(world.service<Doctor>(call).examine({}).checks[0].ok);
}

}  // namespace
}  // namespace cinnabar::contract
