#include "kernel/tenancy/standings.hpp"

#include <algorithm>
#include <array>

namespace cinnabar::kernel {
namespace {

constexpr std::array<std::string_view, 4> kScopeNames{"none", "own", "department", "enterprise"};

}  // namespace

Scope scope_of(std::string_view name) {
  const auto found = std::find(kScopeNames.begin(), kScopeNames.end(), name);
  return found == kScopeNames.end() ? Scope::none
                                    : static_cast<Scope>(found - kScopeNames.begin());
}

std::string_view name_of(Scope scope) { return kScopeNames[static_cast<std::size_t>(scope)]; }

EnterpriseStanding::EnterpriseStanding(const Standing& from) {
  place_departments(from.departments);
  for (const StandingRole& role : from.roles)
    for (const StandingRight& right : role.rights)
      permissions_.emplace(right.permission, permissions_.size());
  std::map<std::vector<int>, std::uint32_t> known;
  members_.reserve(from.members.size());
  for (const StandingMember& one : from.members) {
    const auto place = department_places_.find(one.department);
    members_.emplace(one.person,
                     Member{place == department_places_.end() ? -1 : place->second,
                            rights_of(from, one.roles, known)});
  }
}

std::uint32_t EnterpriseStanding::rights_of(const Standing& from, std::vector<int> roles,
                                            std::map<std::vector<int>, std::uint32_t>& known) {
  std::sort(roles.begin(), roles.end());
  const auto found = known.find(roles);
  if (found != known.end()) return found->second;
  Rights rights;
  rights.scopes.resize(permissions_.size(), Scope::none);
  for (const int place : roles) {
    if (place < 0 || static_cast<std::size_t>(place) >= from.roles.size()) continue;
    const StandingRole& role = from.roles[static_cast<std::size_t>(place)];
    rights.roles.push_back(role.id);
    for (const StandingRight& right : role.rights) {
      Scope& scope = rights.scopes[permissions_.find(right.permission)->second];
      scope = std::max(scope, scope_of(right.scope));
    }
  }
  rights_.push_back(std::move(rights));
  return known[std::move(roles)] = static_cast<std::uint32_t>(rights_.size() - 1);
}

void EnterpriseStanding::place_departments(const std::vector<StandingDepartment>& from) {
  std::map<std::string_view, std::vector<const StandingDepartment*>> below;
  for (const StandingDepartment& one : from) below[one.parent].push_back(&one);
  // Entered ones wait for their end; a parent that leads back to its child is never entered.
  struct Open {
    int place;
    const std::vector<const StandingDepartment*>* children;
    std::size_t next = 0;
  };
  std::vector<Open> path;
  path.push_back({-1, &below[""]});
  while (!path.empty()) {
    Open& top = path.back();
    if (top.next < top.children->size()) {
      const StandingDepartment& child = *(*top.children)[top.next++];
      const int place = static_cast<int>(departments_.size());
      departments_.push_back({child.id, place + 1});
      department_places_.emplace(child.id, place);
      path.push_back({place, &below[child.id]});
      continue;
    }
    if (top.place >= 0)
      departments_[static_cast<std::size_t>(top.place)].end = static_cast<int>(departments_.size());
    path.pop_back();
  }
}

const EnterpriseStanding::Member* EnterpriseStanding::member(std::string_view person) const {
  const auto found = members_.find(person);
  return found == members_.end() ? nullptr : &found->second;
}

Scope EnterpriseStanding::scope(const Member& member, std::string_view permission) const {
  const auto found = permissions_.find(permission);
  return found == permissions_.end() ? Scope::none
                                     : rights_[member.rights].scopes[found->second];
}

std::vector<std::string> EnterpriseStanding::roles(const Member& member) const {
  return rights_[member.rights].roles;
}

bool EnterpriseStanding::covers(const Member& member, std::string_view department) const {
  if (member.department < 0) return false;
  const auto found = department_places_.find(department);
  return found != department_places_.end() && found->second >= member.department &&
         found->second < departments_[static_cast<std::size_t>(member.department)].end;
}

std::vector<std::string> EnterpriseStanding::departments(const Member& member) const {
  std::vector<std::string> ids;
  if (member.department < 0) return ids;
  const int end = departments_[static_cast<std::size_t>(member.department)].end;
  for (int i = member.department; i < end; ++i)
    ids.push_back(departments_[static_cast<std::size_t>(i)].id);
  return ids;
}

std::shared_ptr<const EnterpriseStanding> StandingCache::get(CallContext& context,
                                                             const std::string& enterprise) const {
  const std::int64_t epoch = context.snapshot(enterprise)->epoch();
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(enterprise);
    if (found != entries_.end() && found->second.epoch >= epoch) return found->second.standing;
  }
  // Read after the epoch was: what it holds is that new or newer.
  auto standing = std::make_shared<const EnterpriseStanding>(read_(context, enterprise));
  // Ids that somebody makes up must not push out those that are used.
  if (standing->empty()) return standing;
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kEnterprisesMax) entries_.clear();
  Entry& entry = entries_[enterprise];
  if (!entry.standing || entry.epoch <= epoch) entry = {epoch, standing};
  return standing;
}

}  // namespace cinnabar::kernel
