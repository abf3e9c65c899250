// What scripts are asked and told about a contract: with which input, and what becomes of their
// decisions.
#include "scenario.hpp"

namespace cinnabar::contract {
namespace {

using Scripts = Scenario;

TEST_F(Scripts, LetsAScriptDenyAndAmend) {
  const std::string id = draft(body());
  world.hooks.deny = "contract.before_send";
  EXPECT_EQ(world.refusal(company, "contract.send", id), "hook.denied");
  EXPECT_EQ(state(id), "draft");
  world.hooks.deny.clear();
  world.hooks.answers["contract.before_send"].set = {{"/contract/name", "采购合同（已审）"}};
  EXPECT_EQ(world.call(company, "contract.send", id)["name"].text(), "采购合同（已审）");
  EXPECT_EQ(world.call(company, "contract.view", id)["name"].text(), "采购合同（已审）");
}

TEST_F(Scripts, ShowsScriptsNameAmountAndValues) {
  draft(body().set("data", Json::object().set("amount", 12'000)));
  const Json& contract = world.hooks.last["contract"];
  EXPECT_EQ(contract["name"].text(), "采购合同");
  EXPECT_EQ(contract["amount"].number(), 12'000);
  EXPECT_EQ(contract["parties"].items()[0]["enterprise_name"].text(), "朱砂有限公司");
  EXPECT_EQ(contract["controls"].items()[0]["id"].text(), "place");
}

TEST_F(Scripts, ShowsTheScriptOfAnotherPartyNeitherDataNorWhatIsNotHandedIn) {
  const std::string id = sent(
      body()
          .set("data", Json::object().set("floor", 9).set("amount", 12'000))
          .set("controls", Json::array()
                               .add(control("place", "person", "text"))
                               .add(control("note", "company", "text").set("required", false))
                               .add(control("seal", "company", "enterprise_seal"))
                               .add(control("s", "person", "personal_signature"))));
  const auto save = [&](const SubjectInfo& subject, const char* control_id) {
    world.call(subject, "contract.fill", id,
               Json::object()
                   .set("values", Json::object().set(control_id, "草稿"))
                   .set("save_only", true));
  };
  save(company, "note");
  EXPECT_EQ(world.hooks.seen["contract.before_fill ent_1"]["contract"]["values"]["note"].text(),
            "草稿");
  save(person, "place");
  const auto seen = [&](const char* by) { return world.hooks.seen[by]["contract"]; };
  EXPECT_TRUE(seen("contract.before_fill per_li")["data"].is_null());
  EXPECT_TRUE(seen("contract.before_fill per_li")["amount"].is_null());
  EXPECT_EQ(seen("contract.before_fill per_li")["values"]["place"].text(), "草稿");
  EXPECT_FALSE(seen("contract.before_fill per_li")["values"].contains("note"));
  EXPECT_TRUE(seen("contract.before_fill per_li")["controls"].items()[1]["value"].is_null());
  EXPECT_EQ(seen("contract.before_fill ent_1")["data"]["floor"].integer(), 9);
  EXPECT_FALSE(seen("contract.before_fill ent_1")["values"].contains("place"));

  fill(id, "上海");
  EXPECT_EQ(seen("contract.before_fill ent_1")["values"]["place"].text(), "上海");
  EXPECT_EQ(seen("contract.before_fill ent_1")["parties"].items()[1]["state"].text(), "waiting");
  sign(company, id);
  EXPECT_FALSE(seen("contract.before_sign ent_1")["values"].contains("note"));
  sign(person, id);
  EXPECT_TRUE(seen("contract.before_sign per_li")["data"].is_null());
  EXPECT_EQ(seen("contract.before_sign per_li")["values"]["place"].text(), "上海");
  EXPECT_FALSE(seen("contract.before_sign per_li")["values"].contains("note"));
  EXPECT_EQ(seen("contract.before_sign ent_1")["amount"].number(), 12'000);
}

// Drafts with an amount that the given party, or the initiator, puts into the document.
struct PrintedAmount : Scenario {
  Json drafted(const char* party, Json data, Json printed = Json()) {
    Json amount = control("amount", party, "text");
    if (!printed.is_null()) amount.set("value", std::move(printed));
    return body()
        .set("data", Json::object().set("amount", std::move(data)))
        .set("controls", Json::array()
                             .add(control("seal", "company", "enterprise_seal"))
                             .add(control("s", "person", "personal_signature"))
                             .add(amount));
  }
};

TEST_F(PrintedAmount, IsWhatScriptsDecideOn) {
  draft(drafted("", Json(), "１，０００，０００"));
  EXPECT_EQ(world.hooks.last["contract"]["amount"].number(), 1'000'000);
  draft(drafted("", "1000000", "1,000,000.00"));
  EXPECT_EQ(world.hooks.last["contract"]["amount"].number(), 1'000'000);
}

TEST_F(PrintedAmount, CountsMoreThanWhatTheDataSays) {
  draft(drafted("", 1, "1000000"));
  EXPECT_EQ(world.hooks.last["contract"]["amount"].number(), 1'000'000);
  // What is printed is no number: then there is none, whatever the data says.
  draft(drafted("", 1, "一百万"));
  EXPECT_TRUE(world.hooks.last["contract"]["amount"].is_null());
  EXPECT_EQ(world.hooks.last["contract"]["values"]["amount"].text(), "一百万");
}

TEST_F(Scripts, TellsScriptsAfterwards) {
  const std::string id = signing();
  sign(company, id);
  sign(person, id);
  const std::string revoked = sent();
  world.call(company, "contract.revoke", revoked, Json::object().set("reason", "条款变更"));
  world.hooks.ran.clear();
  world.deliver_events();
  EXPECT_EQ(world.hooks.ran,
            (std::vector<std::string>{
                "contract.after_initiate ent_1", "contract.after_send ent_1",
                "contract.after_fill ent_1", "contract.after_sign ent_1",
                "contract.after_sign ent_1", "contract.after_complete ent_1",
                "contract.after_initiate ent_1", "contract.after_send ent_1",
                "contract.after_revoke ent_1"}));
  EXPECT_EQ(world.hooks.last["reason"].text(), "条款变更");
}

TEST_F(Scripts, WhatAScriptCannotBeToldNowIsToldLater) {
  sent();
  world.hooks.fails = Error("hook.unavailable", {}, {}, CINNABAR_UNAVAILABLE);
  EXPECT_THROW(world.deliver_events(), Error);
  world.hooks.fails = Error("hook.failed");
  EXPECT_NO_THROW(world.deliver_events()) << "what the script does wrong holds up nothing";
}

TEST_F(Scripts, AsksOnlyScriptsThatWantIt) {
  world.hooks.wanted = false;
  world.hooks.deny = "contract.before_send";
  sent();
  EXPECT_TRUE(world.hooks.ran.empty());
}

TEST_F(Scripts, AsksTheGateForEveryWayToTheContent) {
  const std::string id = sent();
  world.hooks.deny = "contract.before_download";
  for (const char* route : {"contract.document", "contract.document_number", "contract.page",
                            "contract.text"}) {
    world.hooks.ran.clear();
    EXPECT_EQ(world.refusal(person, route, id), "hook.denied") << route;
    EXPECT_EQ(world.hooks.ran, (std::vector<std::string>{"contract.before_download ent_1"}));
  }
  EXPECT_EQ(world.hooks.last["form"].text(), "text");
  EXPECT_EQ(world.hooks.last["party"].text(), "person");
  const OwnCall own("ent_1");
  const auto contracts = world.service<Contracts>(own.call());
  EXPECT_NO_THROW(contracts.dossier({id, "ent_1"})) << "a look at what is known takes nothing out";
  EXPECT_THROW(contracts.dossier({id, "ent_1", "evidence", "per_li", ""}), Error);
  EXPECT_EQ(world.hooks.last["form"].text(), "evidence");
  EXPECT_EQ(world.hooks.last["person"].text(), "per_li");
}

TEST_F(Scripts, AsksScriptsBeforeEveryEnd) {
  const std::string id = sent();
  const auto refused_at = [&](const char* point, const SubjectInfo& who, const char* route) {
    world.hooks.deny = point;
    EXPECT_EQ(world.refusal(who, route, id, Json::object().set("reason", "条款有误")), "hook.denied");
    EXPECT_EQ(state(id), "filling");
  };
  refused_at("contract.before_refuse", person, "contract.refuse");
  EXPECT_EQ(world.hooks.last["party"].text(), "person");
  EXPECT_EQ(world.hooks.last["person"].text(), "per_li");
  refused_at("contract.before_revoke", company, "contract.revoke");
  EXPECT_EQ(world.hooks.last["reason"].text(), "条款有误");
  refused_at("contract.before_download", person, "contract.document");
}

TEST_F(Scripts, CarriesOutWhatAScriptOrdersForItsOwnSideAndRecordsIt) {
  const std::string id = draft(body());
  const auto order = [&](const char* to) {
    world.hooks.answers["contract.before_send"].commands = {
        {"notify", Json::object().set("to", to).set("title", "大额").set("text", "请复核")}};
  };
  order("person");  // the other side
  EXPECT_EQ(world.refusal(company, "contract.send", id), "contract.hook_order_invalid");
  EXPECT_EQ(state(id), "draft");
  order("initiator");
  world.notifier.take();
  world.call(company, "contract.send", id);
  EXPECT_EQ(world.notifier.messages.at(0).kind, "contract.hook_notice");
  EXPECT_EQ(world.notifier.messages.at(0).text, "请复核");
  const auto types = world.event_types(id);
  EXPECT_EQ(std::count(types.begin(), types.end(), "contract.hook_order"), 1);
}

TEST_F(Scripts, KeepsAnAmendedDeadlineWithinTheRules) {
  const std::string id = draft(body());
  const auto amended = [&](const char* deadline) {
    world.hooks.answers["contract.before_send"].set = {{"/contract/deadline", deadline}};
    return world.refusal(company, "contract.send", id);
  };
  EXPECT_EQ(amended("2001-01-01T00:00:00Z"), "contract.deadline_passed");
  EXPECT_EQ(amended("2999-01-01T00:00:00Z"), "contract.deadline_too_far");
  EXPECT_EQ(amended("tomorrow"), "contract.amendment_invalid");
}

}  // namespace
}  // namespace cinnabar::contract
