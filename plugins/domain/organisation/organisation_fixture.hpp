// What the tests of this plugin share: it runs on SQLite in memory through its entry. For tests.
#pragma once

#include <cinnabar/services/auth_method.hpp>
#include <cinnabar/services/data_subject.hpp>
#include <cinnabar/services/kernel.hpp>
#include <cinnabar/services/organisation.hpp>
#include <cinnabar/services/personal.hpp>
#include <cinnabar/services/standing.hpp>
#include <cinnabar/testing/domain_world.hpp>
#include <cinnabar/testing/fake_hooks.hpp>

#include <gtest/gtest.h>

extern "C" const cinnabar_plugin* cinnabar_plugin_v1();

namespace cinnabar {

using testing::as;

inline const SubjectInfo nobody{};

// What plugins would name.
class FakePermissions final : public Permissions {
 public:
  PermissionSet list(const PermissionsRequest&, const Call&) override {
    PermissionSet set;
    set.permissions = {
        {"contract.view", "See", "看", true,
         {{"contract_administrator"}, {"business_staff", "own"}}},
        {"employee.manage", "Manage", "管", false, {{"it_administrator"}}},
        {"role.manage", "Roles", "角", false, {}}};
    return set;
  }
};

// Knows one password, kept as it is.
class FakeMethod final : public AuthMethod {
 public:
  Enrolment enrol(const EnrolRequest& in, const Call& call) override {
    enrolled_under = call.owner();
    return {in.answer};
  }
  Challenge begin(const BeginRequest&, const Call&) override {
    Challenge out;
    out.state = Json::object();
    return out;
  }
  Verdict verify(const VerifyAnswerRequest& in, const Call&) override {
    return {in.answer == in.credentials, "wrong", {}};
  }

  std::string enrolled_under;  // whose binding, and so whose configuration
};

// Seals by writing digits, with the person before them.
class FakePersonal final : public Personal {
 public:
  SealedCells seal(const PersonalCells& in, const Call&) override {
    ++calls;
    SealedCells out;
    for (const PersonalCell& cell : in.cells)
      out.texts.push_back(cell.person + "|" + to_hex(cell.text));
    return out;
  }
  OpenedCells open(const PersonalCells& in, const Call&) override {
    ++calls;
    OpenedCells out;
    for (const PersonalCell& cell : in.cells) {
      if (!cell.text.starts_with(cell.person + "|")) throw Error("personal.damaged");
      out.texts.push_back(from_hex(cell.text.substr(cell.person.size() + 1)).value_or(""));
    }
    return out;
  }
  BlindIndexes index(const BlindIndexRequest& in, const Call&) override {
    BlindIndexes out;
    for (const std::string& text : in.texts) out.indexes.emplace_back(text.rbegin(), text.rend());
    return out;
  }
  Forgotten forget(const ForgetRequest&, const Call&) override { return {}; }
  int calls = 0;
};

class OrganisationTest : public ::testing::Test {
 protected:
  OrganisationTest() {
    world.host.add_service<AuthMethod>(method);
    world.host.add_service<Hooks>(hooks);
    world.host.add_service<Permissions>(permissions);
    world.host.add_service<Personal>(personal);
  }

  static Json person(const char* name, const char* mobile, const char* password = "correct horse") {
    return Json::object().set("name", name).set("mobile", mobile).set("password", password);
  }
  static Json signing_in(const char* mobile, const char* password, const std::string& ent = {}) {
    Json body = Json::object().set("mobile", mobile).set("password", password);
    if (!ent.empty()) body.set("acting_for", ent);
    return body;
  }
  std::string register_person(const char* name, const char* mobile) {
    return world.call(nobody, "person.register", {}, person(name, mobile))["id"].text();
  }
  std::string found(const std::string& founder, const char* name = "朱砂科技有限公司",
                    const char* code = "9144030071526726XG") {
    return world
        .call(as(founder), "enterprise.found", {},
              Json::object().set("name", name).set("credit_code", code))["id"]
        .text();
  }
  // As authorisation would have found it.
  static ObjectInfo of(const std::string& ent) { return {ent, ent, {}}; }
  Json at(const std::string& ent, const std::string& person, const std::string& route,
          std::map<std::string, std::string> params = {}, const Json& body = Json(),
          const std::map<std::string, std::string>& query = {}) {
    params["enterprise"] = ent;
    return world.call(as(person), route, params, body, of(ent), query);
  }
  std::string refused(const std::string& ent, const std::string& person, const std::string& route,
                      std::map<std::string, std::string> params = {}, const Json& body = Json(),
                      const std::map<std::string, std::string>& query = {}) {
    try {
      at(ent, person, route, std::move(params), body, query);
      return {};
    } catch (const Error& error) {
      return error.code();
    }
  }
  Json add_employee(const std::string& ent, const char* name, const char* mobile,
                    const std::string& department = {}) {
    Json body = Json::object().set("name", name).set("mobile", mobile);
    if (!department.empty()) body.set("department", department);
    return at(ent, "per_admin", "enterprise.add_employee", {}, body);
  }
  std::string employee(const std::string& ent, const char* name, const char* mobile) {
    return add_employee(ent, name, mobile)["person"]["id"].text();
  }

  FakeMethod method;
  FakePermissions permissions;
  FakePersonal personal;
  testing::FakeHooks hooks;
  testing::DomainWorld world{&cinnabar_plugin_v1, "cinnabar.organisation", __FILE__};
};

}  // namespace cinnabar
