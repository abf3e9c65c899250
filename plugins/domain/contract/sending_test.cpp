// Drafting and sending: what is refused before anybody is told, and who sees what afterwards.
#include "digest.hpp"
#include "scenario.hpp"

namespace cinnabar::contract {
namespace {

using Sending = Scenario;

TEST_F(Sending, KeepsNothingOfAFileThatIsRefused) {
  EXPECT_THROW(world.upload(company, "not a document"), Error);
  EXPECT_EQ(count("contract_file"), 0);
  EXPECT_TRUE(world.events.empty());
}

TEST_F(Sending, NamesAFileWithoutItsFolders) {
  world.upload(company, "%PDF 1");
  EXPECT_EQ(world.query("SELECT name FROM contract_file").rows[0][0].text(), "合同.pdf");
}

TEST_F(Sending, ChecksADraftWhole) {
  const auto refused = [&](const char* member, Json value) {
    return world.refusal(company, "contract.create", {}, body_with(member, std::move(value)));
  };
  EXPECT_EQ(refused("files", Json::array().add("fil_nobodys")), "contract.file_unknown");
  EXPECT_EQ(refused("files", Json::array()), "request.invalid");
  EXPECT_EQ(refused("order", "random"), "request.invalid");
  EXPECT_EQ(refused("deadline", "2020-01-01T00:00:00Z"), "contract.deadline_passed");
  EXPECT_EQ(refused("deadline", "2036-01-01T00:00:00Z"), "contract.deadline_too_far");
  EXPECT_EQ(refused("nonsense", 1), "request.invalid");
  EXPECT_EQ(refused("parties", Json::array().add(company_party()).add(company_party())),
            "contract.party_duplicate");
  EXPECT_EQ(refused("parties", Json::array().add(company_party().set("enterprise_name", ""))),
            "contract.enterprise_name_missing");
  Json many = Json::array();
  for (int i = 0; i < 6; ++i) many.add(person_party().set("id", "p" + std::to_string(i)));
  EXPECT_EQ(refused("parties", many), "contract.too_many_parties");
  EXPECT_EQ(count("contract_contract"), 0);
}

TEST_F(Sending, DoesNotLendTheFilesOfOthers) {
  const Json ours = body();
  EXPECT_EQ(world.refusal(person, "contract.create", {}, ours), "contract.file_unknown");
}

TEST_F(Sending, ReplacesAndDiscardsDraftsOnly) {
  const std::string id = draft(body());
  Json other = body();
  other.set("name", "租赁合同");
  EXPECT_EQ(world.call(company, "contract.replace", id, other)["name"].text(), "租赁合同");
  world.call(company, "contract.send", id);
  EXPECT_EQ(world.refusal(company, "contract.replace", id, other), "contract.state_unfit");
  EXPECT_EQ(world.refusal(company, "contract.discard", id), "contract.state_unfit");

  const std::string unwanted = draft(body());
  world.request(company, "contract.discard", unwanted);
  EXPECT_EQ(world.refusal(company, "contract.view", unwanted), "object.not_found");
  EXPECT_EQ(count("contract_contract"), 1);
  EXPECT_EQ(count("contract_list"), 2);
}

TEST_F(Sending, IsShownToNobodyElseBeforeItIsSent) {
  const std::string id = draft(body());
  EXPECT_EQ(world.refusal(person, "contract.view", id), "object.not_found");
  EXPECT_TRUE(world.notifier.messages.empty());
  world.call(company, "contract.send", id);
  EXPECT_EQ(world.refusal(person, "contract.view", id), "");
  EXPECT_EQ(world.refusal(stranger, "contract.view", id), "object.not_found");
}

TEST_F(Sending, FindsWhatWouldFailLater) {
  const auto refused = [&](const Json& draft_body) {
    return world.refusal(company, "contract.send", draft(draft_body));
  };
  Json unknown = company_party();
  unknown.set("enterprise_name", "无名公司");
  EXPECT_EQ(refused(body_with("parties", Json::array().add(unknown).add(person_party()))),
            "contract.enterprise_unknown");
  Json method = person_party();
  method.set("auth_methods", Json::array().add("telepathy"));
  EXPECT_EQ(refused(body_with("parties", Json::array().add(company_party()).add(method))),
            "contract.method_unknown");
  Json note = control("note", "", "text");
  EXPECT_EQ(refused(body_with("controls", Json::array()
                                              .add(note)
                                              .add(control("seal", "company", "enterprise_seal"))
                                              .add(control("s", "person", "personal_signature")))),
            "contract.value_missing");
  world.seals.without = {"ent_1"};
  EXPECT_EQ(refused(body()), "seal.none");
  world.seals.without.clear();
  world.seals.side = 150;
  EXPECT_EQ(refused(body()), "contract.seal_too_large");
  world.seals.side = 100;
  world.organisation.members.clear();
  EXPECT_EQ(refused(body()), "contract.handler_not_member");
  world.organisation.members = {{"ent_1", "per_chen"}};
  world.authority.down = true;
  EXPECT_EQ(refused(body()), "timestamp.unreachable");
  EXPECT_TRUE(world.notifier.messages.empty());
  EXPECT_TRUE(world.jobs.empty());
}

TEST_F(Sending, ListsEveryFaultBeforehand) {
  Json unknown = company_party();
  unknown.set("enterprise_name", "无名公司").set("auth_methods", Json::array().add("telepathy"));
  const std::string id =
      draft(body_with("parties", Json::array().add(unknown).add(person_party())));
  const Json report = world.call(company, "contract.preflight", id);
  EXPECT_FALSE(report["ready"].boolean(true));
  ASSERT_EQ(report["faults"].items().size(), 2u);
  EXPECT_EQ(report["faults"].items()[0]["pointer"].text(), "/parties/0/auth_methods");
  EXPECT_TRUE(world.call(company, "contract.preflight", draft(body()))["ready"].boolean());
}

TEST_F(Sending, LetsAnotherEnterpriseBringItsSealLater) {
  world.seals.without = {"ent_2"};
  Json theirs = Json::object();
  theirs.set("id", "theirs").set("kind", "enterprise").set("name", "李雪");
  theirs.set("mobile", "15000002222").set("enterprise_name", "对方有限公司");
  const std::string id = sent(body_with_parties(
      Json::array().add(company_party()).add(theirs),
      Json::array()
          .add(control("seal", "company", "enterprise_seal"))
          .add(control("other", "theirs", "enterprise_seal"))));
  EXPECT_EQ(state(id), "signing");
}

TEST_F(Sending, MakesPeopleWhoAreNotKnownYet) {
  Json party = person_party();
  party.set("mobile", "17700003333").set("name", "王五");
  const std::string id =
      sent(body_with("parties", Json::array().add(company_party()).add(party)));
  const SubjectInfo newcomer{"per_17700003333", "", false, ""};
  EXPECT_EQ(world.call(newcomer, "contract.view", id)["actions"].items().at(0).text(), "fill");
}

TEST_F(Sending, FindsANameThatCannotBeDrawn) {
  world.seals.without = {"per_li"};
  const auto pointers = [&](const Json& draft_body) {
    std::vector<std::string> out;
    const Json report = world.call(company, "contract.preflight", draft(draft_body));
    for (const Json& fault : report["faults"].items())
      out.push_back(fault["code"].text() + " " + fault["pointer"].text());
    return out;
  };
  EXPECT_EQ(pointers(body()), std::vector<std::string>{"seal.none /parties/1/name"});
  Json newcomer = person_party();
  newcomer.set("mobile", "17700003333").set("name", "王\U00010FFF");
  const Json unknown = body_with("parties", Json::array().add(company_party()).add(newcomer));
  EXPECT_EQ(pointers(unknown), std::vector<std::string>{"seal.text_unfit /parties/1/name"});
  EXPECT_EQ(world.refusal(company, "contract.send", draft(unknown)), "seal.text_unfit");
}

TEST_F(Sending, MakesOnePersonOfOneNumberHoweverItIsWritten) {
  Json first = person_party(), second = person_party();
  first.set("mobile", "17700003333").set("name", "王五");
  second.set("id", "again").set("mobile", "+8617700003333").set("name", "王五");
  const auto parties = [&] { return Json::array().add(first).add(second); };
  const Json controls = Json::array()
                            .add(control("s1", "person", "personal_signature"))
                            .add(control("s2", "again", "personal_signature"));
  sent(body_with_parties(parties(), controls));
  const Rows people = world.query("SELECT DISTINCT person FROM contract_party");
  ASSERT_EQ(people.rows.size(), 1u);
  EXPECT_EQ(people.rows[0][0].text(), "per_17700003333");
  second.set("name", "王六");
  EXPECT_EQ(world.refusal(company, "contract.send", draft(body_with_parties(parties(), controls))),
            "contract.mobile_of_two");
}

TEST_F(Sending, ListsContractsPerSideNewestFirst) {
  const std::string first = sent(), second = signing();
  draft(body());
  const Json ours = world.call(company, "contract.list");
  ASSERT_EQ(ours["contracts"].items().size(), 3u);
  const Json theirs = world.call(person, "contract.list");
  ASSERT_EQ(theirs["contracts"].items().size(), 2u);
  EXPECT_EQ(theirs["contracts"].items()[0]["id"].text(), second);
  EXPECT_FALSE(theirs["contracts"].items()[0]["turn"].boolean(true));
  EXPECT_TRUE(theirs["contracts"].items()[1]["turn"].boolean(false));
  const auto page = [&](std::map<std::string, std::string> query) {
    return from_json<Json>(world.request(person, "contract.list", {}, {}, query).body.view());
  };
  EXPECT_EQ(page({{"state", "filling"}})["contracts"].items().size(), 1u);
  const Json head = page({{"limit", "1"}});
  EXPECT_EQ(head["next"].text(), second);
  EXPECT_EQ(page({{"cursor", second}})["contracts"].items()[0]["id"].text(), first);
  EXPECT_EQ(page({{"cursor", second}})["next"].text(), "");
}

TEST_F(Sending, HidesWhatIsNotOthersBusiness) {
  const std::string id = sent(body().set("data", Json::object().set("amount", 5)));
  world.call(person, "contract.fill", id,
             Json::object()
                 .set("values", Json::object().set("place", "草稿"))
                 .set("save_only", true));
  const Json theirs = world.call(person, "contract.view", id);
  EXPECT_EQ(theirs["parties"].items()[0]["mobile"].text(), "138****1111");
  EXPECT_EQ(theirs["parties"].items()[1]["mobile"].text(), "15000002222");
  EXPECT_TRUE(theirs["data"].is_null());
  const Json ours = world.call(company, "contract.view", id);
  EXPECT_EQ(ours["parties"].items()[1]["mobile"].text(), "15000002222");
  EXPECT_EQ(ours["data"]["amount"].integer(), 5);
}

TEST_F(Sending, KeepsPersonalDataOutOfTheChain) {
  const std::string id = signing();
  sign(company, id);
  for (const EventDraft& event : world.events) {
    const std::string text = to_json(event);
    for (const char* secret : {"李雪", "15000002222", "192.0.2.1", "上海", "采购合同"})
      EXPECT_EQ(text.find(secret), std::string::npos) << event.type;
  }
}

TEST_F(Sending, CommitsToNamesSoThatTheyCanBeChecked) {
  const std::string id = sent();
  const OwnCall own;
  const Call call = own.call();
  const Dossier dossier = world.service<Contracts>(call).dossier({id, "ent_1"});
  for (const EventDraft& event : world.events) {
    if (event.type != "contract.sent") continue;
    EXPECT_EQ(event.data["name"].text(), commitment(dossier.name_salt, "采购合同"));
    const Json& person_data = event.data["parties"].items().at(1);
    EXPECT_EQ(person_data["name"].text(), commitment(dossier.parties[1].name_salt, "李雪"));
    EXPECT_EQ(person_data["mobile"].text(),
              commitment(dossier.parties[1].mobile_salt, "15000002222"));
  }
  EXPECT_NE(dossier.parties[0].mobile_salt, dossier.parties[1].mobile_salt);
}

TEST_F(Sending, KeepsValuesToTheirPartyUntilTheDocumentIsFrozen) {
  const std::string id = sent();
  world.call(person, "contract.fill", id,
             Json::object()
                 .set("values", Json::object().set("place", "草稿"))
                 .set("save_only", true));
  const OwnCall own;
  const Call call = own.call();
  for (const auto& placement : world.service<Contracts>(call).dossier({id, "ent_1"}).placements)
    EXPECT_TRUE(placement.value.is_null());
}

TEST_F(Sending, NotesEveryDownloadWithWhatWasGivenOut) {
  const std::string id = signing();
  const std::string bytes = document(person, id);
  document(person, id);
  EXPECT_EQ(occurrences(id, "contract.downloaded"), 2);
  const Json last = told(id, "contract.downloaded");
  EXPECT_EQ(last["digest"].text(), sha256_hex(bytes));
  EXPECT_EQ(last["document"].integer(), 1);
}

TEST_F(Sending, NotesAViewOnceAnHourForEachPersonVersionAndKind) {
  const std::string id = signing();
  const auto views = [&] { return occurrences(id, "contract.viewed"); };
  const auto look = [&](const SubjectInfo& who) { world.call(who, "contract.view", id); };
  for (int i = 0; i < 3; ++i) look(person);
  EXPECT_EQ(views(), 1);
  Json last = told(id, "contract.viewed");
  EXPECT_EQ(last["party"].text(), "person");
  EXPECT_EQ(last["what"].text(), "contract");
  EXPECT_EQ(last["shown_digest"].text(), sha256_hex(document(person, id)));
  EXPECT_EQ(last["documents"].items()[0]["sha256"].text(), last["shown_digest"].text());
  world.call(person, "contract.text", id);
  world.request(person, "contract.page", id, {}, {}, {{"page", "1"}});
  EXPECT_EQ(views(), 2) << "pages and text are one kind";
  EXPECT_EQ(told(id, "contract.viewed")["what"].text(), "document");
  look(company);
  look(colleague);
  EXPECT_EQ(views(), 4) << "each person of a side";
  world.business_ms += 3'599'000;
  look(person);
  EXPECT_EQ(views(), 4);
  world.business_ms += 1'000;
  look(person);
  EXPECT_EQ(views(), 5);
  sign(company, id);
  look(person);
  look(person);
  EXPECT_EQ(views(), 6) << "another version";
  EXPECT_GT(told(id, "contract.viewed")["version"].integer(), last["version"].integer());
}

TEST_F(Sending, NotesAViewOnceThoughTwoAreServedAtTheSameTime) {
  const std::string id = signing();
  for (int round = 0; round < 2; ++round) {
    world.before_commit = [&] { world.call(person, "contract.view", id); };
    world.call(person, "contract.view", id);
    EXPECT_EQ(occurrences(id, "contract.viewed"), round + 1);
    world.business_ms += 3'600'000;
  }
}

TEST_F(Sending, NamesTheUploadsInViewsBeforeFreezing) {
  const std::string id = sent();
  world.call(person, "contract.view", id);
  const Json seen = told(id, "contract.viewed");
  EXPECT_EQ(seen["shown_digest"].text(), "");
  EXPECT_EQ(seen["documents"].items()[0]["sha256"].text(), sha256_hex("%PDF 3"));
  const std::string unsent = draft(body());
  world.call(company, "contract.view", unsent);
  EXPECT_EQ(occurrences(unsent, "contract.viewed"), 0);
}

TEST_F(Sending, CutsPagesAndTextOutOfTheDocumentAsItIs) {
  const std::string id = signing();
  const HttpAnswer page =
      world.request(person, "contract.page", id, {}, {{"dpi", "72"}}, {{"page", "2"}});
  EXPECT_EQ(page.body.view(), "png of page 2");
  EXPECT_EQ(page.content_type, "image/png");
  EXPECT_THROW(world.request(person, "contract.page", id, {}, {{"dpi", "7"}}, {{"page", "2"}}),
               Error);
  EXPECT_THROW(world.request(person, "contract.page", id, {}, {}, {{"page", "x"}}), Error);
  const Json text = world.call(person, "contract.text", id);
  EXPECT_NE(text["pages"].items()[0].text().find("place=上海"), std::string::npos);
}

TEST_F(Sending, TellsTheDossierWhereEverythingStands) {
  const std::string id = signing();
  sign(company, id);
  sign(person, id);
  const OwnCall own;
  const Call call = own.call();
  const Dossier dossier = world.service<Contracts>(call).dossier({id, "ent_1"});
  EXPECT_EQ(dossier.state, "completed");
  ASSERT_EQ(dossier.documents.size(), 1u);
  EXPECT_EQ(dossier.documents[0].segments.size(), 3u);
  ASSERT_EQ(dossier.signatures.size(), 3u);
  EXPECT_EQ(dossier.signatures[1].party, "company");
  EXPECT_EQ(dossier.signatures[1].chain.at(0).view(), fake_certificate());
  ASSERT_EQ(dossier.placements.size(), 3u);
  EXPECT_EQ(dossier.placements[0].kind, "enterprise_seal");
  EXPECT_EQ(dossier.placements[2].value.text(), "上海");
  EXPECT_FALSE(dossier.traces.empty());
  EXPECT_THROW(world.service<Contracts>(call).dossier({id, "per_li"}), Error);
}

}  // namespace
}  // namespace cinnabar::contract
