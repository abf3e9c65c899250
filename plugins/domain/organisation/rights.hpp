// Rights: permissions with how far each goes, of one person or one role. A value.
#pragma once

#include <cinnabar/enterprise_standing.hpp>
#include <cinnabar/services/domain.hpp>

#include <map>

namespace cinnabar {

class Rights {
 public:
  void add(const std::vector<StandingRight>& rights);
  bool has(const std::string& permission) const { return scopes_.count(permission) > 0; }
  // Nobody gives away more than they have: throws "organisation.more_than_own" for the first right
  // that goes further.
  void require_covers(const std::vector<StandingRight>& rights) const;

 private:
  std::map<std::string, Reach> scopes_;
};

// What a role is to allow: permissions that are named by some plugin, each once, with a scope that
// it knows. Throws "organisation.permission_unknown", "organisation.scope_unfit" with the pointer.
void check_rights(const std::vector<StandingRight>& rights,
                  const std::vector<PermissionInfo>& permissions);

}  // namespace cinnabar
