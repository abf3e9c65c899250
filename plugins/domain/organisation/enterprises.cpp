#include "enterprises.hpp"

#include "credit_code.hpp"
#include "identity.hpp"

namespace cinnabar {
namespace {

// More than any person has, and any enterprise shows on one page.
constexpr int kEnterprisesShown = 200;
constexpr int kEmployeesShown = 10'000;

std::vector<std::string> roles_of(const MemberRow& row) {
  std::vector<std::string> roles{"member"};
  if (row.admin) roles.push_back("admin");
  return roles;
}

EnterpriseView view_of(const EnterpriseRow& row, const MemberRow& member) {
  return {row.id, row.name, row.credit_code, roles_of(member)};
}

}  // namespace

std::vector<EnterpriseRow> EnterprisesTable::by_ids(const std::vector<std::string>& ids) const {
  if (ids.empty()) return {};
  return store_.list(kEnterprises, "id IN (" + marks(ids.size()) + ") ORDER BY name",
                     {ids.begin(), ids.end()});
}

std::vector<EnterpriseRow> EnterprisesTable::by_name(const std::string& name) const {
  return store_.list(kEnterprises, "name = ?", {trimmed(name)});
}

std::optional<MemberRow> EnterprisesTable::member(const std::string& enterprise,
                                                  const std::string& person) const {
  return store_.find(kMembers, "enterprise = ? AND person = ?", {enterprise, person});
}

std::vector<EnterpriseView> EnterprisesTable::of_person(const std::string& person) const {
  const auto memberships = store_.list(kMembers, "person = ? ORDER BY since LIMIT ?",
                                       {person, kEnterprisesShown});
  std::vector<std::string> ids;
  for (const MemberRow& row : memberships) ids.push_back(row.enterprise);
  std::vector<EnterpriseView> views;
  for (const EnterpriseRow& enterprise : by_ids(ids))
    for (const MemberRow& row : memberships)
      if (row.enterprise == enterprise.id) views.push_back(view_of(enterprise, row));
  return views;
}

EmployeeList EnterprisesTable::employees(const std::string& enterprise) const {
  const auto members = store_.list(kMembers, "enterprise = ? ORDER BY since, person LIMIT ?",
                                   {enterprise, kEmployeesShown});
  // A statement takes a bounded number of parameters.
  constexpr std::size_t kAtOnce = 500;
  std::map<std::string, PersonRow> people;
  for (std::size_t from = 0; from < members.size(); from += kAtOnce) {
    std::vector<std::string> ids;
    for (std::size_t i = from; i < std::min(members.size(), from + kAtOnce); ++i)
      ids.push_back(members[i].person);
    for (PersonRow& row : people_.by_ids(ids)) people.emplace(row.id, std::move(row));
  }
  EmployeeList list;
  for (const MemberRow& member : members)
    list.employees.push_back({view_of(people[member.person]), roles_of(member), member.since});
  return list;
}

void EnterprisesTable::add_member(const MemberRow& row, WriteSet& writes) const {
  store_.insert(writes, kMembers, row);
  for (const std::string& role : roles_of(row))
    writes.grants.push_back({row.enterprise, row.person, role, row.enterprise});
}

EnterpriseView EnterprisesTable::found(const NewEnterprise& in, const std::string& founder,
                                       WriteSet& writes) const {
  const std::string name = trimmed(in.name);
  if (name.empty()) throw Error("request.invalid", {{"reason", "must not be blank"}}, "/name");
  if (!is_credit_code(in.credit_code))
    throw Error("organisation.credit_code_invalid", {{"credit_code", in.credit_code}},
                "/credit_code");
  const auto taken = store_.find(kEnterprises, "name = ? OR credit_code = ?",
                                 {name, in.credit_code});
  if (taken) {
    const bool same_name = taken->name == name;
    throw Error("organisation.enterprise_exists", {{"what", same_name ? "name" : "credit code"}},
                same_name ? "/name" : "/credit_code");
  }
  EnterpriseRow row;
  row.id = host_.new_id("ent");
  row.name = name;
  row.credit_code = in.credit_code;
  row.created_by = founder;
  row.created = host_.now();
  store_.insert(writes, kEnterprises, row);
  const MemberRow member{row.id, founder, true, row.created};
  add_member(member, writes);
  writes.events.push_back(
      {"enterprise.founded", row.id, row.id, founder,
       Json::object().set("name", row.name).set("credit_code", row.credit_code)});
  return view_of(row, member);
}

EmployeeView EnterprisesTable::add_employee(const std::string& enterprise, const NewEmployee& in,
                                            const std::string& actor, WriteSet& writes) const {
  const PersonRow person = people_.resolve(in.name, in.mobile, writes);
  if (member(enterprise, person.id))
    throw Error("organisation.employee_exists", {{"person", person.name}});
  const MemberRow row{enterprise, person.id, in.admin, host_.now()};
  add_member(row, writes);
  writes.events.push_back({"enterprise.employee_added", enterprise, enterprise, actor,
                           Json::object().set("person", person.id).set("admin", in.admin)});
  return {view_of(person), roles_of(row), row.since};
}

void EnterprisesTable::remove_employee(const std::string& enterprise, const std::string& person,
                                       const std::string& actor, WriteSet& writes) const {
  const auto row = member(enterprise, person);
  if (!row) throw Error("organisation.person_not_found", {{"person", person}});
  if (row->admin) {
    const auto others =
        store_.list(kMembers, "enterprise = ? AND admin = ? AND person <> ? LIMIT 1",
                    {enterprise, true, person});
    if (others.empty()) throw Error("organisation.last_admin", {{"person", person}});
    // Two administrators that remove each other at once must not both succeed. Both write the
    // enterprise's row; a write that changes nothing is not compared between nodes of a cluster.
    writes.run("UPDATE organisation_enterprise SET version = version + 1 WHERE id = ?",
               {enterprise}, 1);
    writes.run("UPDATE organisation_member SET since = since WHERE enterprise = ? AND person = ? "
               "AND admin = ?", {enterprise, others[0].person, true}, 1);
  }
  store_.remove(writes, kMembers, "enterprise = ? AND person = ?", {enterprise, person}, 1);
  writes.grants.push_back({enterprise, person, "", enterprise});
  writes.events.push_back({"enterprise.employee_removed", enterprise, enterprise, actor,
                           Json::object().set("person", person)});
}

}  // namespace cinnabar
