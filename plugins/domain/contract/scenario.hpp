// A company that drafts and seals, a person who fills in and signs: the cast of the scenario tests.
#pragma once

#include "fake_world.hpp"

#include <cinnabar/services/contract.hpp>
#include <cinnabar/services/doctor.hpp>

#include <algorithm>

namespace cinnabar::contract {

class Scenario : public ::testing::Test {
 protected:
  FakeWorld world;
  SubjectInfo company{"per_chen", "ent_1", false, ""};
  SubjectInfo colleague{"per_wu", "ent_1", false, ""};
  SubjectInfo person{"per_li", "", false, ""};
  SubjectInfo stranger{"per_x", "", false, ""};

  Scenario() {
    world.organisation.by_mobile = {{"13800001111", {"per_chen", "陈立", "13800001111", true}},
                                    {"15000002222", {"per_li", "李雪", "15000002222", true}}};
    world.organisation.enterprise_by_name = {{"朱砂有限公司", "ent_1"}, {"对方有限公司", "ent_2"}};
    world.organisation.members = {{"ent_1", "per_chen"}, {"ent_1", "per_wu"}};
  }

  Json rect(int x, int y, int width, int height) {
    return Json::object().set("x", x).set("y", y).set("width", width).set("height", height);
  }
  Json control(const char* id, const char* party, const char* kind) {
    return Json::object()
        .set("id", id).set("party", party).set("kind", kind).set("page", 1)
        .set("rect", rect(10'000, 10'000, 130'000, 130'000));
  }
  Json company_party() {
    return Json::object()
        .set("id", "company").set("kind", "enterprise").set("name", "陈立")
        .set("mobile", "13800001111").set("enterprise_name", "朱砂有限公司");
  }
  Json person_party() {
    return Json::object()
        .set("id", "person").set("kind", "person").set("name", "李雪")
        .set("mobile", "15000002222");
  }
  // Sequential: the company seals, then the person signs; the person has a text to fill in.
  Json body() {
    Json out = Json::object();
    out.set("name", "采购合同").set("order", "sequential");
    out.set("files", Json::array().add(world.upload(company, "%PDF 3")));
    out.set("parties", Json::array().add(company_party()).add(person_party()));
    out.set("controls", Json::array()
                            .add(control("place", "person", "text"))
                            .add(control("seal", "company", "enterprise_seal"))
                            .add(control("signature", "person", "personal_signature")));
    return out;
  }
  // With a member of the body exchanged.
  Json body_with(const char* member, Json value) { return body().set(member, std::move(value)); }
  Json body_with_parties(Json parties, Json controls) {
    return body().set("parties", std::move(parties)).set("controls", std::move(controls));
  }

  std::string draft(const Json& draft) {
    return world.call(company, "contract.create", {}, draft)["id"].text();
  }
  std::string sent(const Json& draft_body) {
    const std::string id = draft(draft_body);
    world.call(company, "contract.send", id);
    return id;
  }
  std::string sent() { return sent(body()); }
  Json fill(const std::string& id, const char* text) {
    return world.call(person, "contract.fill", id,
                      Json::object().set("values", Json::object().set("place", text)));
  }
  std::string signing() {
    const std::string id = sent();
    fill(id, "上海");
    return id;
  }
  // The body of a signing request, begun now.
  Json sign_body(const SubjectInfo& subject, const std::string& id, const char* answer = "right") {
    const Json begun = world.call(subject, "contract.sign_begin", id,
                                  Json::object().set("method", "password"));
    return Json::object()
        .set("challenge_id", begun["challenge_id"])
        .set("answer", Json::object().set("password", answer))
        .set("shown_digest", begun["shown_digest"])
        .set("version", begun["version"]);
  }
  Json sign(const SubjectInfo& subject, const std::string& id) {
    return world.call(subject, "contract.sign", id, sign_body(subject, id));
  }
  std::string state(const std::string& id) {
    return world.query("SELECT state FROM contract_contract WHERE id = ?", {id}).rows[0][0].text();
  }
  std::int64_t count(const std::string& table) {
    return world.query("SELECT COUNT(*) FROM " + table).rows[0][0].integer();
  }
  // The document's bytes as the kernel would send them.
  std::string document(const SubjectInfo& subject, const std::string& id) {
    std::string bytes;
    for (const std::string& part : world.request(subject, "contract.document", id).parts)
      bytes += world.blobs.at(part);
    return bytes;
  }
  // What the newest event of that type tells.
  Json told(const std::string& id, const std::string& type) {
    for (auto event = world.events.rbegin(); event != world.events.rend(); ++event)
      if (event->aggregate == id && event->type == type) return event->data;
    return {};
  }
  std::int64_t occurrences(const std::string& id, const std::string& type) {
    const auto types = world.event_types(id);
    return std::count(types.begin(), types.end(), type);
  }
};

}  // namespace cinnabar::contract
