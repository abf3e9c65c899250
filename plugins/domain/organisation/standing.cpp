#include "standing.hpp"

namespace cinnabar {

Standing standing_of(const Host& host, const Call& call, const std::string& enterprise) {
  Standing out;
  const auto members = EnterprisesTable(host, call).members(enterprise);
  if (members.empty()) return out;
  const RolesTable roles(host, call, enterprise);
  std::map<std::string, int> places;
  for (RoleView& role : roles.all()) {
    if (!role.enabled) continue;
    places.emplace(role.id, static_cast<int>(out.roles.size()));
    out.roles.push_back({std::move(role.id), std::move(role.rights)});
  }
  std::map<std::string, std::vector<int>> held;
  for (const HoldingRow& holding : roles.holdings())
    if (const auto place = places.find(holding.role); place != places.end())
      held[holding.person].push_back(place->second);
  for (const MemberRow& member : members)
    out.members.push_back({member.person, member.department, held[member.person]});
  out.departments = DepartmentsTable(host, call, enterprise).standing();
  return out;
}

}  // namespace cinnabar
