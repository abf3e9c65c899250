#include "rights.hpp"

#include <algorithm>
#include <set>

namespace cinnabar {

void Rights::add(const std::vector<StandingRight>& rights) {
  for (const StandingRight& right : rights) {
    Reach& scope = scopes_[right.permission];
    scope = std::max(scope, reach_of(right.scope));
  }
}

void Rights::require_covers(const std::vector<StandingRight>& rights) const {
  for (const StandingRight& right : rights) {
    const auto own = scopes_.find(right.permission);
    if (own == scopes_.end() || own->second < reach_of(right.scope))
      throw Error("organisation.more_than_own",
                  {{"permission", right.permission}, {"scope", right.scope}});
  }
}

void check_rights(const std::vector<StandingRight>& rights,
                  const std::vector<PermissionInfo>& permissions) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < rights.size(); ++i) {
    const StandingRight& right = rights[i];
    const std::string pointer = "/rights/" + std::to_string(i);
    const auto known =
        std::find_if(permissions.begin(), permissions.end(),
                     [&](const PermissionInfo& one) { return one.name == right.permission; });
    if (known == permissions.end() || !seen.insert(right.permission).second)
      throw Error("organisation.permission_unknown", {{"permission", right.permission}},
                  pointer + "/permission");
    const Reach scope = reach_of(right.scope);
    if (scope == Reach::none || (!known->scoped && scope != Reach::enterprise))
      throw Error("organisation.scope_unfit",
                  {{"permission", right.permission}, {"scope", right.scope}}, pointer + "/scope");
  }
}

}  // namespace cinnabar
