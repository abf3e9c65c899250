// Imports of employees, through the plugin's entry; the spreadsheet is a table in memory.
#include "organisation_fixture.hpp"

#include <cinnabar/services/spreadsheet.hpp>

namespace cinnabar {
namespace {

class FakeSpreadsheet final : public Spreadsheet {
 public:
  SheetTable read(const ReadSheetRequest&, const Call&) override {
    if (fails) throw *fails;
    return table;
  }
  SheetFile write(const WriteSheetRequest& request, const Call&) override {
    written = request;
    return {Bytes("bytes")};
  }
  SheetTable table;
  std::optional<Error> fails;
  WriteSheetRequest written;
};

class ImportTest : public ::testing::Test {
 protected:
  ImportTest() {
    world.host.add_service<Spreadsheet>(sheets);
    world.host.add_service<Hooks>(hooks);
    world.host.add_service<Permissions>(permissions);
    world.host.add_service<Personal>(personal);
    hooks.wanted = false;
    sheets.table = {"员工", {{1, {"姓名", "手机号", "角色"}}}, {}};
  }
  void row(const std::string& name, const std::string& mobile, const std::string& roles = {}) {
    const std::int64_t number = sheets.table.rows.back().number + 1;
    sheets.table.rows.push_back({number, {name, mobile, roles}});
  }
  void people(int count) {
    for (int i = 0; i < count; ++i)
      row("人" + std::to_string(i), std::to_string(13'800'000'000 + i));
  }
  std::string begin() {
    return world.call(as("per_1", "ent_1"), "enterprise.import_employees",
                      {{"enterprise", "ent_1"}})["id"]
        .text();
  }
  Json look(const std::string& id, const char* route = "enterprise.employee_import",
            const char* enterprise = "ent_1") {
    return world.call(as("per_1", "ent_1"), route, {{"enterprise", enterprise}, {"import", id}});
  }
  std::int64_t count(const std::string& table) {
    return world.value("SELECT COUNT(*) FROM " + table).integer();
  }

  FakeSpreadsheet sheets;
  testing::FakeHooks hooks;
  FakePermissions permissions;
  FakePersonal personal;
  testing::DomainWorld world{&cinnabar_plugin_v1, "cinnabar.organisation", __FILE__};
};

TEST_F(ImportTest, GoodRowsGoInAndEachBadOneIsNamed) {
  people(450);
  row("", "13900139000");
  row("李雪", "1390013900");
  row("王五", "13800000000");
  row("管", "13900139001", "模板管理员");
  const std::string id = begin();
  Json view = look(id);
  EXPECT_EQ(view["state"].text(), "running");
  EXPECT_EQ(view["total"].integer(), 454);
  EXPECT_EQ(view["read"].integer(), 3);
  EXPECT_EQ(view["failed"].integer(), 3);
  EXPECT_EQ(world.run_jobs(), 3);
  view = look(id);
  EXPECT_EQ(view["state"].text(), "done");
  EXPECT_EQ(view["read"].integer(), 454);
  EXPECT_EQ(view["added"].integer(), 451);
  ASSERT_EQ(view["faults"].items().size(), 3u);
  EXPECT_EQ(view["faults"].items()[0]["row"].integer(), 452);
  EXPECT_EQ(view["faults"].items()[0]["code"].text(), "name_blank");
  EXPECT_EQ(view["faults"].items()[1]["column"].text(), "mobile");
  EXPECT_EQ(view["faults"].items()[2]["code"].text(), "mobile_twice");
  EXPECT_EQ(count("organisation_employee"), 451);
  EXPECT_EQ(count("organisation_person"), 451);
  EXPECT_EQ(count("organisation_holding WHERE role = 'template_administrator'"), 1);
  EXPECT_EQ(world.events.size(), 451u);
  EXPECT_EQ(count("organisation_import_part WHERE kind = 'employees'"), 0);
}

TEST_F(ImportTest, NobodyGivesMoreThanTheyHaveByATableEither) {
  row("李雪", "13800138000", "业务员");
  row("王五", "13800138001", "超级管理员");
  const std::string id = begin();
  world.run_jobs();
  const Json faults = look(id)["faults"];
  ASSERT_EQ(faults.items().size(), 2u);
  EXPECT_EQ(faults.items()[0]["code"].text(), "role_not_yours");
  EXPECT_EQ(faults.items()[1]["code"].text(), "role_unknown");
  EXPECT_EQ(count("organisation_employee"), 0);
}

TEST_F(ImportTest, WhoIsKnownIsTakenOverOrNamed) {
  row("李雪", "13800138000");
  begin();
  world.run_jobs();
  const std::string person = world.value("SELECT id FROM organisation_person").text();
  // Another enterprise names the same person, and one by a wrong name.
  world.call(as("per_2", "ent_2"), "enterprise.import_employees", {{"enterprise", "ent_2"}});
  world.run_jobs();
  EXPECT_EQ(
      world.value("SELECT person FROM organisation_employee WHERE enterprise = 'ent_2'").text(),
      person);
  sheets.table.rows.pop_back();
  row("李学", "13800138000");
  const std::string differs = begin();
  world.run_jobs();
  EXPECT_EQ(look(differs)["faults"].items()[0]["code"].text(), "name_differs");
  sheets.table.rows.pop_back();
  row("李雪", "13800138000");
  const std::string again = begin();
  world.run_jobs();
  EXPECT_EQ(look(again)["faults"].items()[0]["code"].text(), "already_employee");
  EXPECT_EQ(look(again)["added"].integer(), 0);
  EXPECT_EQ(count("organisation_employee"), 2);
}

TEST_F(ImportTest, AStepThatLosesARaceIsComputedAnew) {
  row("李雪", "13800138000");
  const std::string id = begin();
  world.before_commit = [&] {
    world.call(as("per_1", "ent_1"), "enterprise.add_employee", {{"enterprise", "ent_1"}},
               Json::object().set("name", "李雪").set("mobile", "13800138000"),
               {"ent_1", "ent_1", {}});
  };
  world.run_jobs();
  EXPECT_EQ(world.computed, 2);
  EXPECT_EQ(look(id)["failed"].integer(), 1);
  EXPECT_EQ(count("organisation_employee"), 1);
}

TEST_F(ImportTest, AStepThatIsRunTwiceAddsNobodyTwice) {
  people(200);
  const std::string id = begin();
  const auto jobs = world.jobs;
  world.run_jobs();
  world.jobs = jobs;
  world.run_jobs();
  EXPECT_EQ(look(id)["added"].integer(), 200);
  EXPECT_EQ(count("organisation_employee"), 200);
}

TEST_F(ImportTest, OneRunsAtATimeAndCanBeStopped) {
  people(450);
  const std::string id = begin();
  EXPECT_EQ(world.refusal(as("per_1", "ent_1"), "enterprise.import_employees",
                          {{"enterprise", "ent_1"}}),
            "organisation.import_running");
  EXPECT_EQ(look(id, "enterprise.cancel_import")["state"].text(), "cancelled");
  world.run_jobs();
  EXPECT_EQ(count("organisation_employee"), 0);
  EXPECT_EQ(count("organisation_import_part"), 0);
  EXPECT_EQ(world.refusal(as("per_1", "ent_1"), "enterprise.cancel_import",
                          {{"enterprise", "ent_1"}, {"import", id}}),
            "organisation.import_not_running");
  EXPECT_NE(begin(), id);
}

TEST_F(ImportTest, AnotherEnterpriseSeesNothingOfIt) {
  people(1);
  const std::string id = begin();
  for (const char* route : {"enterprise.employee_import", "enterprise.cancel_import",
                            "enterprise.import_faults"})
    EXPECT_EQ(world.refusal(as("per_2", "ent_2"), route, {{"enterprise", "ent_2"}, {"import", id}}),
              "organisation.import_not_found");
}

TEST_F(ImportTest, TheScriptOfTheEnterpriseIsAskedForEach) {
  row("李雪", "13800138000");
  row("王五", "13900139000");
  hooks.wanted = true;
  hooks.deny = "enterprise.before_join";
  const std::string id = begin();
  world.run_jobs();
  const Json view = look(id);
  EXPECT_EQ(view["failed"].integer(), 2);
  EXPECT_EQ(view["faults"].items()[0]["message"].text(),
            "The enterprise's own rules refuse it: not so");
  EXPECT_EQ(hooks.ran.size(), 2u);
  EXPECT_EQ(hooks.last["mobile"].text(), "13900139000");
  EXPECT_EQ(count("organisation_employee"), 0);
}

TEST_F(ImportTest, AScriptThatCannotRunNowHoldsTheStepUp) {
  row("李雪", "13800138000");
  hooks.wanted = true;
  hooks.fails = Error("hook.unavailable", {}, {}, CINNABAR_UNAVAILABLE);
  const std::string id = begin();
  const auto jobs = world.jobs;
  EXPECT_THROW(world.run_jobs(), Error);
  EXPECT_EQ(look(id)["read"].integer(), 0);
  hooks.fails.reset();
  world.jobs = jobs;
  world.run_jobs();
  EXPECT_EQ(look(id)["added"].integer(), 1);
}

TEST_F(ImportTest, WhatTheReaderRefusesOrDiesOfLeavesNothing) {
  sheets.fails = Error("spreadsheet.formula", {{"cell", "B2"}});
  EXPECT_EQ(world.refusal(as("per_1", "ent_1"), "enterprise.import_employees",
                          {{"enterprise", "ent_1"}}),
            "spreadsheet.formula");
  for (const char* code : {"worker.crashed", "worker.timeout", "worker.memory"}) {
    sheets.fails = Error(code, {}, {}, CINNABAR_UNAVAILABLE);
    EXPECT_EQ(world.refusal(as("per_1", "ent_1"), "enterprise.import_employees",
                            {{"enterprise", "ent_1"}}),
              "organisation.import_unreadable");
  }
  EXPECT_EQ(count("organisation_import"), 0);
  EXPECT_TRUE(world.jobs.empty());
}

TEST_F(ImportTest, TheFileOfFaultsHasTheRowsAsTheyStoodAndCanBeReadAgain) {
  row("李雪", "138", "经理");
  const std::string id = begin();
  EXPECT_EQ(look(id)["state"].text(), "done");
  const HttpAnswer file = world.request(as("per_1", "ent_1"), "enterprise.import_faults",
                                        {{"enterprise", "ent_1"}, {"import", id}});
  EXPECT_EQ(file.body.view(), "bytes");
  EXPECT_EQ(file.filename, "faults.xlsx");
  ASSERT_EQ(sheets.written.lines.size(), 2u);
  EXPECT_EQ(sheets.written.lines[0].cells,
            (std::vector<std::string>{"Name", "Mobile", "Roles", "Department", "Row", "Reason"}));
  const auto& cells = sheets.written.lines[1].cells;
  EXPECT_EQ((std::vector<std::string>(cells.begin(), cells.begin() + 5)),
            (std::vector<std::string>{"李雪", "138", "经理", "", "2"}));
  sheets.table.rows = {{1, sheets.written.lines[0].cells}, {2, cells}};
  sheets.table.rows[1].cells[1] = "13800138000";
  sheets.table.rows[1].cells[2] = "模板管理员";
  const std::string again = begin();
  world.run_jobs();
  EXPECT_EQ(look(again)["added"].integer(), 1);
}

TEST_F(ImportTest, OldImportsAreForgotten) {
  row("李雪", "138");
  const std::string old = begin();
  world.host.advance_ms(31LL * 24 * 3'600'000);
  begin();
  EXPECT_EQ(world.refusal(as("per_1", "ent_1"), "enterprise.employee_import",
                          {{"enterprise", "ent_1"}, {"import", old}}),
            "organisation.import_not_found");
  EXPECT_EQ(count("organisation_import_part"), 1);
}

}  // namespace
}  // namespace cinnabar
