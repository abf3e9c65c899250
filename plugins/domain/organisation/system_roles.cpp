#include "system_roles.hpp"

#include <algorithm>

namespace cinnabar {

const SystemRole* system_role(std::string_view id) {
  const auto found = std::find_if(kSystemRoles.begin(), kSystemRoles.end(),
                                  [&](const SystemRole& role) { return role.id == id; });
  return found == kSystemRoles.end() ? nullptr : &*found;
}

std::vector<StandingRight> rights_of(const SystemRole& role,
                                     const std::vector<PermissionInfo>& permissions) {
  std::vector<StandingRight> rights;
  for (const PermissionInfo& permission : permissions) {
    if (role.appointed) {
      rights.push_back({permission.name, "enterprise"});
      continue;
    }
    for (const RoleDefault& given : permission.roles)
      if (given.role == role.id) rights.push_back({permission.name, given.scope});
  }
  return rights;
}

}  // namespace cinnabar
