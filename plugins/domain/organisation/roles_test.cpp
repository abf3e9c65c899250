// Roles of the system and an enterprise's own; who may give what.
#include "organisation_fixture.hpp"

namespace cinnabar {
namespace {

class RolesTest : public OrganisationTest {
 protected:
  RolesTest()
      : boss(register_person("陈立", "13800138000")),
        ent(found(boss)),
        other(employee(ent, "李雪", "13900139000")) {}

  static Json right(const char* permission, const char* scope) {
    return Json::object().set("permission", permission).set("scope", scope);
  }
  static Json role(const char* name, const std::vector<Json>& rights) {
    Json all = Json::array();
    for (const Json& one : rights) all.add(one);
    return Json::object().set("name", name).set("rights", all);
  }
  std::string add(const char* name, const std::vector<Json>& rights) {
    return at(ent, boss, "role.add", {}, role(name, rights))["id"].text();
  }
  // permission/scope of all roles that count for a person.
  std::vector<std::string> rights_of(const std::string& person) {
    OwnCall call(ent);
    const Standing standing = world.client<Standings>(call.call()).standing({ent});
    std::vector<std::string> out;
    for (const StandingMember& member : standing.members)
      if (member.person == person)
        for (const int place : member.roles)
          for (const StandingRight& right : standing.roles.at(place).rights)
            out.push_back(right.permission + "/" + right.scope);
    return out;
  }

  const std::string boss, ent, other;
};

TEST_F(RolesTest, TheSystemsOwnAreFilledByWhatPluginsSay) {
  const Json roles = at(ent, boss, "role.list")["roles"];
  EXPECT_EQ(roles.items().size(), 9u);
  for (const Json& one : roles.items()) {
    EXPECT_TRUE(one["system"].boolean());
    const std::string id = one["id"].text();
    const std::size_t rights = one["rights"].items().size();
    if (id == "super_administrator" || id == "legal_representative") EXPECT_EQ(rights, 3u) << id;
    if (id == "business_staff") EXPECT_EQ(to_json(one["rights"]),
                                          R"([{"permission":"contract.view","scope":"own"}])");
    if (id == "template_administrator") EXPECT_EQ(rights, 0u);
  }
  EXPECT_EQ(refused(ent, boss, "role.change", {{"role", "business_staff"}}, role("x", {})),
            "organisation.role_system");
  EXPECT_EQ(refused(ent, boss, "role.remove", {{"role", "business_staff"}}),
            "organisation.role_system");
}

TEST_F(RolesTest, ARoleIsMadeGivenDisabledAndDeleted) {
  const std::string id = add("审计", {right("contract.view", "department")});
  world.changed_owners.clear();
  at(ent, boss, "role.give", {{"role", id}, {"person", other}});
  at(ent, boss, "role.give", {{"role", id}, {"person", other}});  // changes nothing
  EXPECT_EQ(world.changed_owners, std::vector<std::string>{ent});
  EXPECT_EQ(rights_of(other), std::vector<std::string>{"contract.view/department"});
  EXPECT_EQ(refused(ent, boss, "role.remove", {{"role", id}}), "organisation.role_enabled");
  const auto set = [&](bool enabled) {
    at(ent, boss, "role.switch", {{"role", id}}, Json::object().set("enabled", enabled));
  };
  set(false);
  EXPECT_TRUE(rights_of(other).empty());
  set(true);
  EXPECT_EQ(rights_of(other).size(), 1u);
  set(false);
  at(ent, boss, "role.remove", {{"role", id}});
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM organisation_holding WHERE person = ?", {other})
                .integer(),
            0);
  EXPECT_EQ(refused(ent, boss, "role.give", {{"role", id}, {"person", other}}),
            "organisation.role_not_found");
}

TEST_F(RolesTest, WhatARoleAllowsIsChecked) {
  const auto refusal = [&](const Json& body) { return refused(ent, boss, "role.add", {}, body); };
  EXPECT_EQ(refusal(role("a", {right("contract.eat", "own")})), "organisation.permission_unknown");
  EXPECT_EQ(refusal(role("a", {right("contract.view", "own"), right("contract.view", "own")})),
            "organisation.permission_unknown");
  EXPECT_EQ(refusal(role("a", {right("contract.view", "galaxy")})), "organisation.scope_unfit");
  EXPECT_EQ(refusal(role("a", {right("role.manage", "own")})), "organisation.scope_unfit");
  EXPECT_EQ(refusal(role(" ", {})), "request.invalid");
  EXPECT_EQ(refusal(role("业务员", {})), "organisation.role_exists");
  add("a", {});
  EXPECT_EQ(refusal(role("a", {})), "organisation.role_exists");
}

TEST_F(RolesTest, NobodyGivesMoreThanTheyHave) {
  const std::string manager = add("经理", {right("role.manage", "enterprise"),
                                         right("contract.view", "own")});
  const std::string wide = add("全看", {right("contract.view", "enterprise")});
  at(ent, boss, "role.give", {{"role", manager}, {"person", other}});
  const auto give = [&](const std::string& role) {
    return refused(ent, other, "role.give", {{"role", role}, {"person", other}});
  };
  EXPECT_EQ(give(wide), "organisation.more_than_own");
  EXPECT_EQ(give("it_administrator"), "organisation.more_than_own");
  EXPECT_EQ(give("business_staff"), "");
  EXPECT_EQ(refused(ent, other, "role.change", {{"role", manager}},
                    role("经理", {right("contract.view", "department")})),
            "organisation.more_than_own");
  EXPECT_EQ(refused(ent, other, "role.take", {{"role", wide}, {"person", boss}}),
            "organisation.more_than_own");
  for (const char* role : {"super_administrator", "legal_representative"}) {
    EXPECT_EQ(refused(ent, boss, "role.give", {{"role", role}, {"person", other}}),
              "organisation.role_appointed");
    EXPECT_EQ(refused(ent, boss, "role.take", {{"role", role}, {"person", boss}}),
              "organisation.role_appointed");
  }
}

TEST_F(RolesTest, ARoleGivenWhileItIsDeletedIsNotHeld) {
  const std::string id = add("审计", {});
  at(ent, boss, "role.switch", {{"role", id}}, Json::object().set("enabled", false));
  world.before_commit = [&] { at(ent, boss, "role.remove", {{"role", id}}); };
  EXPECT_EQ(refused(ent, boss, "role.give", {{"role", id}, {"person", other}}),
            "organisation.role_not_found");
}

TEST_F(RolesTest, AnothersRolesAreNotThere) {
  const std::string id = add("审计", {});
  const std::string rival = found(register_person("赵一", "13600136000"), "另一家有限公司",
                                  "914403001922038216");
  EXPECT_EQ(refused(rival, boss, "role.switch", {{"role", id}},
                    Json::object().set("enabled", false)),
            "organisation.role_not_found");
}

}  // namespace
}  // namespace cinnabar
