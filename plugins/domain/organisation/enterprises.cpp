#include "enterprises.hpp"

#include "credit_code.hpp"
#include "identity.hpp"

namespace cinnabar {
namespace {

// More than any person has.
constexpr int kEnterprisesShown = 200;

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
      if (row.enterprise == enterprise.id)
        views.push_back({enterprise.id, enterprise.name, enterprise.credit_code,
                         RolesTable(host_, call_, enterprise.id).held_by(person)});
  return views;
}

std::vector<MemberRow> EnterprisesTable::members(const std::string& enterprise) const {
  return store_.list(kMembers, "enterprise = ? ORDER BY person", {enterprise});
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
  store_.insert(writes, kMembers, MemberRow{row.id, founder, row.created, row.id});
  RolesTable(host_, call_, row.id).appoint(std::string(kSuperAdministrator), founder, writes);
  // By which the kernel knows that there is such an enterprise.
  writes.grants.push_back({row.id, row.id, "owner", row.id});
  writes.events.push_back(
      {"enterprise.founded", row.id, row.id, founder,
       Json::object().set("name", row.name).set("credit_code", row.credit_code)});
  return {row.id, row.name, row.credit_code, {std::string(kSuperAdministrator)}};
}

}  // namespace cinnabar
