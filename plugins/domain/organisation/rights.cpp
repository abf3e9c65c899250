#include "rights.hpp"

#include <algorithm>
#include <set>

namespace cinnabar {

int scope_rank(std::string_view scope) {
  if (scope == "own") return 1;
  if (scope == "department") return 2;
  return scope == "enterprise" ? 3 : 0;
}

void Rights::add(const std::vector<StandingRight>& rights) {
  for (const StandingRight& right : rights) {
    int& rank = ranks_[right.permission];
    rank = std::max(rank, scope_rank(right.scope));
  }
}

void Rights::require_covers(const std::vector<StandingRight>& rights) const {
  for (const StandingRight& right : rights) {
    const auto own = ranks_.find(right.permission);
    if (own == ranks_.end() || own->second < scope_rank(right.scope))
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
    const int rank = scope_rank(right.scope);
    if (rank == 0 || (!known->scoped && rank != 3))
      throw Error("organisation.scope_unfit",
                  {{"permission", right.permission}, {"scope", right.scope}}, pointer + "/scope");
  }
}

}  // namespace cinnabar
