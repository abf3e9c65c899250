#include "import_adding.hpp"

#include "hook_points.hpp"

namespace cinnabar {
namespace {

// What makes an employee an administrator, in either language.
constexpr const char* kAdministrator[] = {"管理员", "Administrator"};

bool is_admin(const ImportedEmployee& employee) {
  for (const std::string& role : employee.roles)
    for (const char* name : kAdministrator)
      if (role == name) return true;
  return false;
}

// People and memberships of one batch, looked up together.
struct Known {
  std::map<std::string, PersonRow> people;  // by mobile number
  std::set<std::string> members;            // ids of people
};

Known look_up(const Store& store, const std::string& enterprise,
              const std::vector<ImportedEmployee>& employees) {
  Known known;
  if (employees.empty()) return known;
  std::vector<Json> mobiles, people{Json(enterprise)};
  for (const ImportedEmployee& employee : employees) mobiles.push_back(employee.mobile);
  for (PersonRow& row :
       store.list(kPeople, "mobile IN (" + marks(mobiles.size()) + ")", mobiles)) {
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
                                      const ImportedEmployee& employee) {
  try {
    ask_hook(host, call, enterprise, kBeforeJoin,
             EmployeeHookInput{{}, employee.name, employee.mobile, is_admin(employee), actor});
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

void add_one(const Host& host, const Store& store, const std::string& enterprise,
             const std::string& actor, const ImportedEmployee& employee, const PersonRow* person,
             WriteSet& writes) {
  PersonRow made;
  if (!person) {
    made.id = host.new_id("per");
    made.name = employee.name;
    made.mobile = employee.mobile;
    made.created = host.now();
    store.insert(writes, kPeople, made);
    person = &made;
  }
  const bool admin = is_admin(employee);
  store.insert(writes, kMembers, MemberRow{enterprise, person->id, admin, host.now()});
  writes.grants.push_back({enterprise, person->id, "member", enterprise});
  if (admin) writes.grants.push_back({enterprise, person->id, "admin", enterprise});
  writes.events.push_back({"enterprise.employee_added", enterprise, enterprise, actor,
                           Json::object().set("person", person->id).set("admin", admin)});
}

}  // namespace

ImportScope import_scope(const Host&, const Call&, const std::string&) {
  return {{std::begin(kAdministrator), std::end(kAdministrator)}, {}};
}

std::vector<BadRow> add_employees(const Host& host, const Call& call,
                                  const std::string& enterprise, const std::string& actor,
                                  const std::vector<ImportedEmployee>& employees,
                                  WriteSet& writes) {
  const Store store(host, call, {});
  const Known known = look_up(store, enterprise, employees);
  const bool listens = !employees.empty() && script_listens(host, call, enterprise);
  std::vector<BadRow> bad;
  for (const ImportedEmployee& employee : employees) {
    const auto found = known.people.find(employee.mobile);
    const PersonRow* person = found == known.people.end() ? nullptr : &found->second;
    std::optional<ImportFault> fault;
    if (person && person->name != employee.name)
      fault = ImportFault{ImportColumn::name, "name_differs", {}};
    else if (person && known.members.count(person->id) > 0)
      fault = ImportFault{ImportColumn::mobile, "already_employee", {}};
    else if (listens)
      fault = ask_script(host, call, enterprise, actor, employee);
    if (fault) bad.push_back(bad_row(employee, std::move(*fault)));
    else add_one(host, store, enterprise, actor, employee, person, writes);
  }
  return bad;
}

}  // namespace cinnabar
