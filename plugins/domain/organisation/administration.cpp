#include "administration.hpp"

#include "hook_points.hpp"

#include <charconv>

namespace cinnabar {
namespace {

const std::string& enterprise_of(const Request& request) { return request.object().id; }

DepartmentsTable departments(const Host& host, const Request& request) {
  return DepartmentsTable(host, request.call, enterprise_of(request));
}
RolesTable roles(const Host& host, const Request& request) {
  return RolesTable(host, request.call, enterprise_of(request));
}
EmployeesTable employees(const Host& host, const Request& request) {
  return EmployeesTable(host, request.call, enterprise_of(request));
}

int limit_of(const Request& request, int fallback, int most) {
  const std::string text = request.query("limit");
  if (text.empty()) return fallback;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > most)
    throw Error("request.invalid",
                {{"reason", "limit must be a number from 1 to " + std::to_string(most)}}, "/limit");
  return value;
}

}  // namespace

Answer<PermissionSet> Administration::permissions(const Request& request) {
  return {host_.service<Permissions>(request.call).list({})};
}

Answer<DepartmentList> Administration::list_departments(const Request& request) {
  return {{departments(host_, request).all()}};
}

Answer<DepartmentView> Administration::add_department(const NewDepartment& in,
                                                      const Request& request) {
  Answer<DepartmentView> answer;
  answer.body = departments(host_, request).add(in, request.subject().person, answer.writes);
  return answer;
}

Answer<DepartmentView> Administration::change_department(const DepartmentChange& in,
                                                         const Request& request) {
  Answer<DepartmentView> answer;
  answer.body = departments(host_, request)
                    .change(request.param("department"), in, request.subject().person,
                            answer.writes);
  return answer;
}

Answer<Nothing> Administration::remove_department(const Request& request) {
  Answer<Nothing> answer;
  departments(host_, request)
      .remove(request.param("department"), request.query("heir"), request.subject().person,
              answer.writes);
  return answer;
}

Answer<RoleList> Administration::list_roles(const Request& request) {
  return {{roles(host_, request).all()}};
}

Answer<RoleView> Administration::add_role(const RoleChange& in, const Request& request) {
  Answer<RoleView> answer;
  answer.body = roles(host_, request).add(in, request.subject().person, answer.writes);
  return answer;
}

Answer<RoleView> Administration::change_role(const RoleChange& in, const Request& request) {
  Answer<RoleView> answer;
  answer.body = roles(host_, request)
                    .change(request.param("role"), in, request.subject().person, answer.writes);
  return answer;
}

Answer<RoleView> Administration::switch_role(const RoleState& in, const Request& request) {
  Answer<RoleView> answer;
  answer.body = roles(host_, request)
                    .set_enabled(request.param("role"), in.enabled, request.subject().person,
                                 answer.writes);
  return answer;
}

Answer<Nothing> Administration::remove_role(const Request& request) {
  Answer<Nothing> answer;
  roles(host_, request).remove(request.param("role"), request.subject().person, answer.writes);
  return answer;
}

Answer<EmployeeView> Administration::give_role(const Request& request) {
  Answer<EmployeeView> answer;
  const std::string &role = request.param("role"), &person = request.param("person");
  answer.body = employees(host_, request).by_id(person);
  // Somebody who leaves at the same time takes the role along.
  answer.writes.run("UPDATE organisation_employee SET version = version + 1 "
                    "WHERE enterprise = ? AND person = ?",
                    {enterprise_of(request), person}, 1);
  roles(host_, request).give(role, person, request.subject().person, answer.writes);
  auto& held = answer.body.roles;
  if (std::find(held.begin(), held.end(), role) == held.end()) held.push_back(role);
  return answer;
}

Answer<EmployeeView> Administration::take_role(const Request& request) {
  Answer<EmployeeView> answer;
  const std::string &role = request.param("role"), &person = request.param("person");
  answer.body = employees(host_, request).by_id(person);
  roles(host_, request).take(role, person, request.subject().person, answer.writes);
  std::erase(answer.body.roles, role);
  return answer;
}

Answer<EmployeeView> Administration::add_employee(const NewEmployee& in, const Request& request) {
  Answer<EmployeeView> answer;
  ask_hook(host_, request.call, enterprise_of(request), kBeforeJoin,
           EmployeeHookInput{{}, in.name, in.mobile, in.roles, request.subject().person});
  answer.body = employees(host_, request).add(in, request.subject().person, answer.writes);
  return answer;
}

Answer<EmployeeList> Administration::list_employees(const Request& request) {
  EmployeeFilter filter{request.query("role"),       request.query("department"),
                        request.query("name"),       request.query("registered"),
                        request.query("cursor"),     limit_of(request, 100, kEmployeesShownMax)};
  if (!filter.registered.empty() && filter.registered != "true" && filter.registered != "false")
    throw Error("request.invalid", {{"reason", "must be true or false"}}, "/registered");
  return {employees(host_, request).list(filter)};
}

Answer<EmployeeView> Administration::read_employee(const Request& request) {
  return {employees(host_, request).by_id(request.param("person"))};
}

Answer<EmployeeView> Administration::change_employee(const EmployeeChange& in,
                                                     const Request& request) {
  Answer<EmployeeView> answer;
  answer.body = employees(host_, request)
                    .change(request.param("person"), in, request.subject().person, answer.writes);
  return answer;
}

Answer<Nothing> Administration::remove_employee(const Request& request) {
  Answer<Nothing> answer;
  ask_hook(host_, request.call, enterprise_of(request), kBeforeLeave,
           EmployeeHookInput{request.param("person"), {}, {}, {}, request.subject().person});
  employees(host_, request)
      .remove(request.param("person"), request.subject().person, answer.writes);
  return answer;
}

}  // namespace cinnabar
