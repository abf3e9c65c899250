// The tree of departments.
#include "departments.hpp"

#include "organisation_fixture.hpp"

namespace cinnabar {
namespace {

class DepartmentsTest : public OrganisationTest {
 protected:
  DepartmentsTest() : boss(register_person("陈立", "13800138000")), ent(found(boss)) {}

  static Json named(const std::string& name, const std::string& parent = {}) {
    Json body = Json::object().set("name", name);
    if (!parent.empty()) body.set("parent", parent);
    return body;
  }
  std::string add(const std::string& name, const std::string& parent = {}) {
    return at(ent, boss, "department.add", {}, named(name, parent))["id"].text();
  }
  std::string add_refused(const std::string& name, const std::string& parent = {}) {
    return refused(ent, boss, "department.add", {}, named(name, parent));
  }
  std::string move(const std::string& id, const std::string& parent) {
    return refused(ent, boss, "department.change", {{"department", id}},
                   Json::object().set("parent", parent));
  }
  std::string remove(const std::string& id, const std::string& heir) {
    return refused(ent, boss, "department.remove", {{"department", id}}, {}, {{"heir", heir}});
  }

  const std::string boss, ent;
};

TEST_F(DepartmentsTest, LieUpToFifteenLevelsDeep) {
  std::string at_level = ent, second;
  for (int level = 1; level <= kDepartmentLevelsMax; ++level) {
    at_level = add("第" + std::to_string(level), at_level);
    if (level == 2) second = at_level;
  }
  EXPECT_EQ(add_refused("太深", at_level), "organisation.department_too_deep");
  const std::string top = add("顶");
  EXPECT_EQ(move(second, top), "");
  const std::string lower = add("再低", top);
  EXPECT_EQ(move(second, lower), "organisation.department_too_deep");
}

TEST_F(DepartmentsTest, HaveNamesOfTheirOwnAmongTheirNeighbours) {
  const std::string east = add("东区");
  EXPECT_EQ(add_refused("东区"), "organisation.department_exists");
  EXPECT_EQ(add_refused("东区", east), "");
  EXPECT_EQ(add_refused("a/b"), "request.invalid");
  EXPECT_EQ(add_refused(" "), "request.invalid");
  EXPECT_EQ(add_refused("海", "dep_nowhere"), "organisation.department_not_found");
}

TEST_F(DepartmentsTest, DoNotLieBelowThemselves) {
  const std::string east = add("东区"), sea = add("海边", east);
  EXPECT_EQ(move(east, east), "organisation.department_cycle");
  EXPECT_EQ(move(east, sea), "organisation.department_cycle");
  const std::string west = add("西区");
  // Two moves at once that would make a circle together.
  world.before_commit = [&] { EXPECT_EQ(move(west, east), ""); };
  EXPECT_EQ(move(east, west), "organisation.department_cycle");
}

TEST_F(DepartmentsTest, LeaveWhatTheyHadToTheirHeir) {
  const std::string east = add("东区"), sea = add("海边", east), west = add("西区");
  const std::string who = add_employee(ent, "李雪", "13900139000", sea)["person"]["id"].text();
  EXPECT_EQ(remove(east, west), "organisation.department_has_children");
  EXPECT_EQ(remove(sea, sea), "organisation.department_cycle");
  EXPECT_EQ(remove(sea, "dep_nowhere"), "organisation.department_not_found");
  EXPECT_EQ(remove(sea, west), "");
  EXPECT_EQ(remove(sea, west), "organisation.department_not_found");
  EXPECT_EQ(at(ent, boss, "enterprise.employee", {{"person", who}})["department"].text(), west);
  // What counted to it is found where the heir is.
  OwnCall call(ent);
  const Standing standing = world.client<Standings>(call.call()).standing({ent});
  bool found = false;
  for (const StandingDepartment& one : standing.departments)
    if (one.id == sea) found = one.parent == west;
  EXPECT_TRUE(found);
  EXPECT_EQ(at(ent, boss, "department.list")["departments"].items().size(), 2u);
  EXPECT_EQ(remove(east, ent), "");
}

}  // namespace
}  // namespace cinnabar
