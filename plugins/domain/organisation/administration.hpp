// What administrators of an enterprise do over HTTP: its departments, roles and employees. Thin:
// the tables decide. Made with the plugin; any thread.
#pragma once

#include "employees.hpp"

#include <cinnabar/services/kernel.hpp>

namespace cinnabar {

struct DepartmentList {
  std::vector<DepartmentView> departments;
};
CINNABAR_DESCRIBE(DepartmentList, (departments, items(0, 10'000)))

struct RoleList {
  std::vector<RoleView> roles;
};
CINNABAR_DESCRIBE(RoleList, (roles, items(0, 2'000)))

struct RoleState {
  bool enabled = true;
};
CINNABAR_DESCRIBE(RoleState, (enabled, required))

class Administration {
 public:
  explicit Administration(Host& host) : host_(host) {}

  Answer<PermissionSet> permissions(const Request& request);

  Answer<DepartmentList> list_departments(const Request& request);
  Answer<DepartmentView> add_department(const NewDepartment& in, const Request& request);
  Answer<DepartmentView> change_department(const DepartmentChange& in, const Request& request);
  Answer<Nothing> remove_department(const Request& request);

  Answer<RoleList> list_roles(const Request& request);
  Answer<RoleView> add_role(const RoleChange& in, const Request& request);
  Answer<RoleView> change_role(const RoleChange& in, const Request& request);
  Answer<RoleView> switch_role(const RoleState& in, const Request& request);
  Answer<Nothing> remove_role(const Request& request);
  Answer<EmployeeView> give_role(const Request& request);
  Answer<EmployeeView> take_role(const Request& request);

  Answer<EmployeeView> add_employee(const NewEmployee& in, const Request& request);
  Answer<EmployeeList> list_employees(const Request& request);
  Answer<EmployeeView> read_employee(const Request& request);
  Answer<EmployeeView> change_employee(const EmployeeChange& in, const Request& request);
  Answer<Nothing> remove_employee(const Request& request);

 private:
  Host& host_;
};

}  // namespace cinnabar
