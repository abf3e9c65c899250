// The employees of an enterprise: who is one, in which department, with which roles (ORG-10 to
// ORG-14). Values of one call; not shared between threads.
#pragma once

#include "departments.hpp"
#include "enterprises.hpp"

namespace cinnabar {

struct NewEmployee {
  std::string name;
  std::string mobile;
  std::vector<std::string> roles;
  std::string department;
};
CINNABAR_DESCRIBE(NewEmployee, (name, required, personal, length(1, 100), format("line")),
                  (mobile, required, personal, length(5, 21), format("mobile")),
                  (roles, items(0, 50), doc("Ids; GET /enterprises/{enterprise}/roles.")),
                  (department, length(0, 64), doc("Absent: directly below the enterprise.")))

struct EmployeeChange {
  std::optional<std::string> department;
};
CINNABAR_DESCRIBE(EmployeeChange, (department, length(1, 64)))

struct EmployeeView {
  PersonView person;
  std::string department;
  std::vector<std::string> roles;
  Time since;
};
CINNABAR_DESCRIBE(EmployeeView, person, department, (roles, doc("Ids.")), since)

struct EmployeeList {
  std::vector<EmployeeView> employees;
  std::string next;
};
CINNABAR_DESCRIBE(EmployeeList, (employees, items(0, 1000)),
                  (next, doc("`cursor` of the next page; absent: this is the last.")))

// Which employees a list shows; empty parts do not limit it.
struct EmployeeFilter {
  std::string role;
  std::string department;  // and those below
  std::string name;        // or a part of it
  std::string registered;  // "true", "false"
  std::string cursor;
  int limit = 100;
};

inline constexpr int kEmployeesShownMax = 1000;

class EmployeesTable {
 public:
  EmployeesTable(const Host& host, const Call& call, const std::string& enterprise)
      : host_(host),
        store_(host, call, {}),
        people_(host, call),
        enterprises_(host, call),
        roles_(host, call, enterprise),
        departments_(host, call, enterprise),
        enterprise_(enterprise) {}

  EmployeeList list(const EmployeeFilter& filter) const;
  EmployeeView by_id(const std::string& person) const;  // throws "organisation.person_not_found"

  // Throws "organisation.employee_exists" and what departments and roles refuse with.
  EmployeeView add(const NewEmployee& in, const std::string& actor, WriteSet& writes) const;
  EmployeeView change(const std::string& person, const EmployeeChange& in,
                      const std::string& actor, WriteSet& writes) const;
  // Throws "organisation.cannot_leave" of the super administrator and the legal representative.
  void remove(const std::string& person, const std::string& actor, WriteSet& writes) const;

  // Makes somebody the holder of an appointed role, and an employee if they are none. Throws
  // "organisation.role_not_found".
  void appoint(const std::string& role, const std::string& person, WriteSet& writes) const;

 private:
  MemberRow row(const std::string& person) const;

  const Host& host_;
  Store store_;
  PeopleTable people_;
  EnterprisesTable enterprises_;
  RolesTable roles_;
  DepartmentsTable departments_;
  std::string enterprise_;
};

}  // namespace cinnabar
