// Employees come, move and go, with their departments and roles.
#include "organisation_fixture.hpp"

namespace cinnabar {
namespace {

class EmployeesTest : public OrganisationTest {
 protected:
  EmployeesTest() : boss(register_person("陈立", "13800138000")), ent(found(boss)) {}

  std::string department(const char* name, const std::string& parent = {}) {
    Json body = Json::object().set("name", name);
    if (!parent.empty()) body.set("parent", parent);
    return at(ent, boss, "department.add", {}, body)["id"].text();
  }
  std::vector<std::string> listed(const std::map<std::string, std::string>& query) {
    std::vector<std::string> names;
    const Json page = at(ent, boss, "enterprise.employees", {}, {}, query);
    for (const Json& one : page["employees"].items())
      names.push_back(one["person"]["name"].text());
    std::sort(names.begin(), names.end());
    return names;
  }

  const std::string boss, ent;
};

TEST_F(EmployeesTest, ComeAndGoButNotTheSuperAdministrator) {
  const std::string second = employee(ent, "李雪", "13900139000");
  EXPECT_EQ(listed({}).size(), 2u);
  const auto remove = [&](const std::string& person) {
    return refused(ent, boss, "enterprise.remove_employee", {{"person", person}});
  };
  EXPECT_EQ(remove(boss), "organisation.cannot_leave");
  EXPECT_EQ(remove("per_nobody"), "organisation.person_not_found");
  world.changed_owners.clear();
  EXPECT_EQ(remove(second), "");
  EXPECT_EQ(world.changed_owners, std::vector<std::string>{ent});
  OwnCall call(ent);
  EXPECT_FALSE(world.client<Organisation>(call.call()).membership({ent, second}).member);
  EXPECT_EQ(world.client<Organisation>(call.call()).membership({ent, boss}).department, ent);
}

TEST_F(EmployeesTest, WhoLeavesLosesTheirRolesEvenOneGivenMeanwhile) {
  const std::string second = employee(ent, "李雪", "13900139000");
  at(ent, boss, "role.give", {{"role", "it_administrator"}, {"person", second}});
  world.before_commit = [&] {
    at(ent, boss, "role.give", {{"role", "business_staff"}, {"person", second}});
  };
  at(ent, boss, "enterprise.remove_employee", {{"person", second}});
  EXPECT_EQ(world.value("SELECT COUNT(*) FROM organisation_holding").integer(), 1);
}

TEST_F(EmployeesTest, ComeWithRolesThatTheGiverHas) {
  const std::string it = employee(ent, "李雪", "13900139000");
  at(ent, boss, "role.give", {{"role", "it_administrator"}, {"person", it}});
  const Json body = Json::object()
                        .set("name", "王五")
                        .set("mobile", "13700137000")
                        .set("roles", Json::array().add("business_staff").add("business_staff"));
  EXPECT_EQ(refused(ent, it, "enterprise.add_employee", {}, body), "organisation.more_than_own");
  const Json made = at(ent, boss, "enterprise.add_employee", {}, body);
  EXPECT_EQ(to_json(made["roles"]), "[\"business_staff\"]");
  EXPECT_EQ(refused(ent, boss, "enterprise.add_employee", {}, body),
            "organisation.employee_exists");
}

TEST_F(EmployeesTest, AreFoundByRoleDepartmentAndName) {
  const std::string east = department("东区"), sea = department("海边", east);
  add_employee(ent, "李雪", "13900139000", east);
  add_employee(ent, "李海", "13900139001", sea);
  const std::string wang = employee(ent, "王五", "13900139002");
  at(ent, boss, "role.give", {{"role", "business_staff"}, {"person", wang}});
  using Names = std::vector<std::string>;
  EXPECT_EQ(listed({{"department", east}}), (Names{"李海", "李雪"}));
  EXPECT_EQ(listed({{"department", sea}}), Names{"李海"});
  EXPECT_EQ(listed({{"department", ent}}).size(), 4u);
  EXPECT_EQ(listed({{"department", "dep_nowhere"}}), Names{});
  EXPECT_EQ(listed({{"role", "business_staff"}}), Names{"王五"});
  EXPECT_EQ(listed({{"name", "李"}}), (Names{"李海", "李雪"}));
  EXPECT_EQ(listed({{"registered", "true"}}), Names{"陈立"});
  EXPECT_EQ(refused(ent, boss, "enterprise.employees", {}, {}, {{"limit", "0"}}),
            "request.invalid");
  Names all;
  std::string cursor;
  do {
    const Json page = at(ent, boss, "enterprise.employees", {}, {},
                         {{"limit", "1"}, {"cursor", cursor}});
    ASSERT_EQ(page["employees"].items().size(), 1u);
    all.push_back(page["employees"].items()[0]["person"]["name"].text());
    cursor = page["next"].is_null() ? "" : page["next"].text();
  } while (!cursor.empty());
  EXPECT_EQ(all.size(), 4u);
}

TEST_F(EmployeesTest, MoveToADepartmentThatIsThere) {
  const std::string east = department("东区");
  const std::string who = employee(ent, "李雪", "13900139000");
  const auto move = [&](const std::string& to) {
    return refused(ent, boss, "enterprise.change_employee", {{"person", who}},
                   Json::object().set("department", to));
  };
  EXPECT_EQ(move("dep_nowhere"), "organisation.department_not_found");
  EXPECT_EQ(move(east), "");
  EXPECT_EQ(at(ent, boss, "enterprise.employee", {{"person", who}})["department"].text(), east);
  world.before_commit = [&] {
    at(ent, boss, "department.remove", {{"department", east}}, {}, {{"heir", ent}});
  };
  EXPECT_EQ(refused(ent, boss, "enterprise.add_employee", {},
                    Json::object().set("name", "王五").set("mobile", "13700137000").set(
                        "department", east)),
            "organisation.department_not_found");
  EXPECT_EQ(at(ent, boss, "enterprise.employee", {{"person", who}})["department"].text(), ent);
}

}  // namespace
}  // namespace cinnabar
