#include "import_adding.hpp"

#include "employees.hpp"
#include "hook_points.hpp"

#include <algorithm>

namespace cinnabar {
namespace {

// What the names in a table stand for, and what whoever imports may give.
struct Places {
  std::map<std::string, const RoleView*> roles;
  std::map<std::string, std::string> departments;  // id by path
};

// Roles of either language's name that may be given at all.
Places places_of(const std::vector<RoleView>& roles, const DepartmentsTable& departments) {
  Places places;
  for (const RoleView& role : roles) {
    const SystemRole* system = system_role(role.id);
    if (!role.enabled || (system && system->appointed)) continue;
    places.roles.emplace(role.name, &role);
    places.roles.emplace(role.name_zh, &role);
  }
  places.departments = departments.paths();
  return places;
}

// People and memberships of one batch, looked up together.
struct Known {
  std::map<std::string, PersonRow> people;  // by mobile number
  std::set<std::string> members;            // ids of people
};

Known look_up(const PeopleRows& rows, const Store& store, const std::string& enterprise,
              const std::vector<ImportedEmployee>& employees) {
  Known known;
  std::vector<std::string> mobiles;
  std::vector<Json> people{Json(enterprise)};
  for (const ImportedEmployee& employee : employees) mobiles.push_back(employee.mobile);
  for (PersonRow& row : rows.by_mobiles(mobiles)) {
    people.push_back(row.id);
    std::string mobile = row.mobile;
    known.people.emplace(std::move(mobile), std::move(row));
  }
  if (people.size() == 1) return known;
  for (const MemberRow& row :
       store.list(kMembers, "enterprise = ? AND person IN (" + marks(people.size() - 1) + ")",
                  people))
    known.members.insert(row.person);
  return known;
}

// What the enterprise's script says to one of them; nothing: it may join. Only a script that was
// there and did not let them in is a fault of the row; everything else ends the call.
std::optional<ImportFault> ask_script(const Host& host, const Call& call,
                                      const std::string& enterprise, const std::string& actor,
                                      const ImportedEmployee& employee,
                                      const std::vector<std::string>& roles) {
  try {
    ask_hook(host, call, enterprise, kBeforeJoin,
             EmployeeHookInput{{}, employee.name, employee.mobile, roles, actor});
    return std::nullopt;
  } catch (const Error& error) {
    if (error.code() != "hook.denied" && error.code() != "hook.failed") throw;
    std::string text = error.code();
    for (const auto& [name, value] : error.params())
      if (name == "text") text = value;
    return ImportFault{ImportColumn::name, "refused_by_script", {{"text", text}}};
  }
}

bool script_listens(const Host& host, const Call& call, const std::string& enterprise) {
  const CallAs as(call, enterprise);
  const Call tenant_call = as.call();
  return host.service<Hooks>(tenant_call).wants({kBeforeJoin}).wanted;
}

// Where a row's names point at, as they are now; a fault when they do not any more, or when whoever
// imports may not give what they ask for.
std::optional<ImportFault> find_places(const Places& places, const Rights& own,
                                       const ImportedEmployee& employee,
                                       const std::string& enterprise, MemberRow& member,
                                       std::vector<std::string>& roles) {
  member.enterprise = member.department = enterprise;
  if (!employee.department.empty()) {
    const auto found = places.departments.find(employee.department);
    if (found == places.departments.end())
      return ImportFault{ImportColumn::department, "department_unknown",
                         {{"department", employee.department}}};
    member.department = found->second;
  }
  for (const std::string& name : employee.roles) {
    const auto found = places.roles.find(name);
    if (found == places.roles.end())
      return ImportFault{ImportColumn::roles, "role_unknown", {{"role", name}}};
    try {
      own.require_covers(found->second->rights);
    } catch (const Error&) {
      return ImportFault{ImportColumn::roles, "role_not_yours", {{"role", name}}};
    }
    if (std::find(roles.begin(), roles.end(), found->second->id) == roles.end())
      roles.push_back(found->second->id);
  }
  return std::nullopt;
}

void add_one(const Host& host, const Store& store, const std::string& actor, MemberRow member,
             const std::vector<std::string>& roles, const ImportedEmployee& employee,
             const PersonRow* person, std::vector<PersonRow>& newcomers, WriteSet& writes) {
  if (!person) {
    PersonRow& made = newcomers.emplace_back();
    made.id = host.new_id("per");
    made.name = employee.name;
    made.mobile = employee.mobile;
    made.created = host.now();
    person = &made;
  }
  member.person = person->id;
  member.since = host.now();
  store.insert(writes, kMembers, member);
  Json named = Json::array();
  for (const std::string& role : roles) {
    store.insert(writes, kHoldings,
                 HoldingRow{member.enterprise, role, member.person, member.since});
    named.add(role);
  }
  writes.events.push_back({"enterprise.employee_added", member.enterprise, member.enterprise,
                           actor,
                           Json::object()
                               .set("person", member.person)
                               .set("department", member.department)
                               .set("roles", named)});
}

}  // namespace

ImportScope import_scope(const Host& host, const Call& call, const std::string& enterprise) {
  const auto roles = RolesTable(host, call, enterprise).all();
  const Places places = places_of(roles, DepartmentsTable(host, call, enterprise));
  ImportScope scope;
  for (const auto& [name, role] : places.roles) scope.roles.insert(name);
  for (const auto& [path, id] : places.departments) scope.departments.insert(path);
  return scope;
}

std::vector<BadRow> add_employees(const Host& host, const Call& call,
                                  const std::string& enterprise, const std::string& actor,
                                  const std::vector<ImportedEmployee>& employees,
                                  WriteSet& writes) {
  if (employees.empty()) return {};
  const Store store(host, call, {});
  const RolesTable table(host, call, enterprise);
  const DepartmentsTable departments(host, call, enterprise);
  const auto all_roles = table.all();
  const Places places = places_of(all_roles, departments);
  const Rights own = table.rights_of_person(actor);
  const PeopleRows people(host, call);
  const Known known = look_up(people, store, enterprise, employees);
  std::vector<PersonRow> newcomers;
  const bool listens = script_listens(host, call, enterprise);
  std::set<std::string> used_roles, used_departments;  // must stay until the commit
  std::vector<BadRow> bad;
  for (const ImportedEmployee& employee : employees) {
    const auto found = known.people.find(employee.mobile);
    const PersonRow* person = found == known.people.end() ? nullptr : &found->second;
    MemberRow member;
    std::vector<std::string> roles;
    std::optional<ImportFault> fault;
    if (person && person->name != employee.name)
      fault = ImportFault{ImportColumn::name, "name_differs", {}};
    else if (person && known.members.count(person->id) > 0)
      fault = ImportFault{ImportColumn::mobile, "already_employee", {}};
    else
      fault = find_places(places, own, employee, enterprise, member, roles);
    if (!fault && listens) fault = ask_script(host, call, enterprise, actor, employee, roles);
    if (fault) {
      bad.push_back(bad_row(employee, std::move(*fault)));
      continue;
    }
    used_roles.insert(roles.begin(), roles.end());
    used_departments.insert(member.department);
    add_one(host, store, actor, std::move(member), roles, employee, person, newcomers, writes);
  }
  people.insert(newcomers, writes);
  for (const std::string& role : used_roles) table.hold(role, writes);
  for (const std::string& department : used_departments) departments.hold(department, writes);
  writes.changed_owners.push_back(enterprise);
  return bad;
}

}  // namespace cinnabar
