// Enterprises and their employees. Values of one call; not shared between threads.
#pragma once

#include "people.hpp"

namespace cinnabar {

struct NewEnterprise {
  std::string name;
  std::string credit_code;
};
CINNABAR_DESCRIBE(NewEnterprise,
                  (name, required, length(2, 100), format("line"), example("朱砂科技有限公司"),
                   doc("As on the licence.")),
                  (credit_code, required, length(18, 18), example("91310000MA12345674"),
                   doc("Unified social credit code, GB 32100.")))

// An enterprise, with the caller's own roles in it.
struct EnterpriseView {
  std::string id;
  std::string name;
  std::string credit_code;
  std::vector<std::string> roles;
};
CINNABAR_DESCRIBE(EnterpriseView, id, name, credit_code, (roles, doc("member, admin")))

struct NewEmployee {
  std::string name;
  std::string mobile;
  bool admin = false;
};
CINNABAR_DESCRIBE(NewEmployee, (name, required, personal, length(1, 100), format("line")),
                  (mobile, required, personal, length(5, 21), format("mobile")), admin)

struct EmployeeView {
  PersonView person;
  std::vector<std::string> roles;
  Time since;
};
CINNABAR_DESCRIBE(EmployeeView, person, roles, since)

struct EmployeeList {
  std::vector<EmployeeView> employees;
};
CINNABAR_DESCRIBE(EmployeeList, (employees, items(0, 10'000)))

class EnterprisesTable {
 public:
  EnterprisesTable(const Host& host, const Call& call)
      : host_(host), store_(host, call, {}), people_(host, call) {}

  std::vector<EnterpriseRow> by_ids(const std::vector<std::string>& ids) const;
  std::vector<EnterpriseRow> by_name(const std::string& name) const;
  std::optional<MemberRow> member(const std::string& enterprise, const std::string& person) const;
  // The enterprises of a person, by name.
  std::vector<EnterpriseView> of_person(const std::string& person) const;
  EmployeeList employees(const std::string& enterprise) const;

  // The founder becomes member and administrator. Throws "organisation.credit_code_invalid",
  // "organisation.enterprise_exists".
  EnterpriseView found(const NewEnterprise& in, const std::string& founder, WriteSet& writes) const;
  EmployeeView add_employee(const std::string& enterprise, const NewEmployee& in,
                            const std::string& actor, WriteSet& writes) const;
  void remove_employee(const std::string& enterprise, const std::string& person,
                       const std::string& actor, WriteSet& writes) const;

 private:
  void add_member(const MemberRow& row, WriteSet& writes) const;

  const Host& host_;
  Store store_;
  PeopleTable people_;
};

}  // namespace cinnabar
