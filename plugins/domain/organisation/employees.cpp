#include "employees.hpp"

#include "identity.hpp"

#include <algorithm>

namespace cinnabar {
namespace {

// A statement takes a bounded number of parameters.
constexpr std::size_t kPeopleAtOnce = 500;

bool fits(const EmployeeFilter& filter, const PersonRow& person) {
  if (!filter.name.empty() && person.name.find(filter.name) == std::string::npos) return false;
  return filter.registered.empty() || person.registered == (filter.registered == "true");
}

}  // namespace

EmployeeList EmployeesTable::list(const EmployeeFilter& filter) const {
  std::map<std::string, std::vector<std::string>> held;
  for (HoldingRow& holding : roles_.holdings())
    held[holding.person].push_back(std::move(holding.role));
  std::vector<std::string> inside;
  if (!filter.department.empty()) inside = departments_.subtree(filter.department);
  const auto wanted = [&](const MemberRow& row) {
    const auto roles = held.find(row.person);
    if (!filter.role.empty() &&
        (roles == held.end() || std::find(roles->second.begin(), roles->second.end(),
                                          filter.role) == roles->second.end()))
      return false;
    return filter.department.empty() ||
           std::find(inside.begin(), inside.end(), row.department) != inside.end();
  };
  std::vector<MemberRow> members;
  for (MemberRow& row : store_.list(kMembers, "enterprise = ? AND person > ? ORDER BY person",
                                    {enterprise_, filter.cursor}))
    if (wanted(row)) members.push_back(std::move(row));
  EmployeeList list;
  for (std::size_t from = 0; from < members.size(); from += kPeopleAtOnce) {
    const std::size_t end = std::min(members.size(), from + kPeopleAtOnce);
    std::vector<std::string> ids;
    for (std::size_t i = from; i < end; ++i) ids.push_back(members[i].person);
    std::map<std::string, PersonRow> people;
    for (PersonRow& row : people_.by_ids(ids)) people.emplace(row.id, std::move(row));
    for (std::size_t i = from; i < end; ++i) {
      const PersonRow& person = people[members[i].person];
      if (!fits(filter, person)) continue;
      if (static_cast<int>(list.employees.size()) == filter.limit) {
        list.next = list.employees.back().person.id;
        return list;
      }
      list.employees.push_back(
          {view_of(person), members[i].department, held[person.id], members[i].since});
    }
  }
  return list;
}

MemberRow EmployeesTable::row(const std::string& person) const {
  auto found = enterprises_.member(enterprise_, person);
  if (!found) throw Error("organisation.person_not_found", {{"person", person}});
  return std::move(*found);
}

EmployeeView EmployeesTable::by_id(const std::string& person) const {
  const MemberRow member = row(person);
  const auto known = people_.by_id(person);
  if (!known) throw Error("organisation.person_not_found", {{"person", person}});
  return {view_of(*known), member.department, roles_.held_by(person), member.since};
}

EmployeeView EmployeesTable::add(const NewEmployee& in, const std::string& actor,
                                 WriteSet& writes) const {
  const std::string department = in.department.empty() ? enterprise_ : in.department;
  departments_.require(department, "/department");
  departments_.hold(department, writes);
  const PersonRow person = people_.resolve(in.name, in.mobile, writes);
  if (enterprises_.member(enterprise_, person.id))
    throw Error("organisation.employee_exists", {{"person", person.name}});
  const MemberRow row{enterprise_, person.id, host_.now(), department};
  store_.insert(writes, kMembers, row);
  std::vector<std::string> roles = in.roles;
  std::sort(roles.begin(), roles.end());
  roles.erase(std::unique(roles.begin(), roles.end()), roles.end());
  for (const std::string& role : roles) roles_.give(role, person.id, actor, writes);
  Json named = Json::array();
  for (const std::string& role : roles) named.add(role);
  writes.events.push_back(
      {"enterprise.employee_added", enterprise_, enterprise_, actor,
       Json::object().set("person", person.id).set("department", department).set("roles", named)});
  writes.changed_owners.push_back(enterprise_);
  return {view_of(person), department, std::move(roles), row.since};
}

EmployeeView EmployeesTable::change(const std::string& person, const EmployeeChange& in,
                                    const std::string& actor, WriteSet& writes) const {
  EmployeeView view = by_id(person);
  if (!in.department || *in.department == view.department) return view;
  departments_.require(*in.department, "/department");
  departments_.hold(*in.department, writes);
  MemberRow next = row(person);
  next.department = *in.department;
  ++next.version;
  store_.update(writes, kMembers, next, "enterprise = ? AND person = ? AND version = ?",
                {enterprise_, person, next.version - 1});
  writes.events.push_back(
      {"enterprise.employee_moved", enterprise_, enterprise_, actor,
       Json::object().set("person", person).set("department", next.department)});
  writes.changed_owners.push_back(enterprise_);
  view.department = next.department;
  return view;
}

void EmployeesTable::appoint(const std::string& role, const std::string& person,
                             WriteSet& writes) const {
  const SystemRole* system = system_role(role);
  if (!system || !system->appointed) throw Error("organisation.role_not_found", {{"role", role}});
  if (!enterprises_.member(enterprise_, person)) {
    store_.insert(writes, kMembers, MemberRow{enterprise_, person, host_.now(), enterprise_});
    writes.events.push_back({"enterprise.employee_added", enterprise_, enterprise_, {},
                             Json::object()
                                 .set("person", person)
                                 .set("department", enterprise_)
                                 .set("roles", Json::array().add(role))});
  }
  roles_.appoint(role, person, writes);
}

void EmployeesTable::remove(const std::string& person, const std::string& actor,
                            WriteSet& writes) const {
  const MemberRow gone = row(person);
  roles_.take_all(person, writes);
  store_.remove(writes, kMembers, "enterprise = ? AND person = ? AND version = ?",
                {enterprise_, person, gone.version}, 1);
  writes.events.push_back({"enterprise.employee_removed", enterprise_, enterprise_, actor,
                           Json::object().set("person", person)});
  writes.changed_owners.push_back(enterprise_);
}

}  // namespace cinnabar
