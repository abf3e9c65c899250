// EnterpriseStanding: who belongs to an enterprise and how far their permissions go, ready for the
// question that every request asks. Built whole from a Standing, immutable afterwards. Any thread.
#pragma once

#include <cinnabar/services/standing.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

namespace cinnabar {

// Each includes those before it.
enum class Reach : std::uint8_t { none, own, department, enterprise };
Reach reach_of(std::string_view name);  // of an unknown name: none
std::string_view name_of(Reach scope);

class EnterpriseStanding {
 public:
  // Roles that members point at and that are not there, and parents that are not there or lead
  // back to their child, count as none.
  explicit EnterpriseStanding(const Standing& from);

  struct Member {
    int department = -1;  // place in departments_
    std::uint32_t rights = 0;
  };
  const Member* member(std::string_view person) const;  // null: does not belong to it
  Reach scope(const Member& member, std::string_view permission) const;
  std::vector<std::string> roles(const Member& member) const;
  // Whether the department is the member's own or below it.
  bool covers(const Member& member, std::string_view department) const;
  std::vector<std::string> departments(const Member& member) const;  // own and all below
  bool empty() const { return members_.empty(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  template <class T>
  using ByText = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
  // What a set of roles allows; members with the same roles share it.
  struct Rights {
    std::vector<std::string> roles;
    std::vector<Reach> scopes;  // by permission
  };
  // In the order of a walk through the tree: what is below follows, up to `end`.
  struct Department {
    std::string id;
    int end = 0;
  };

  void place_departments(const std::vector<StandingDepartment>& from);
  std::uint32_t rights_of(const Standing& from, std::vector<int> roles,
                          std::map<std::vector<int>, std::uint32_t>& known);

  ByText<std::uint32_t> permissions_;
  ByText<Member> members_;
  ByText<int> department_places_;
  std::vector<Department> departments_;
  std::vector<Rights> rights_;
};

inline constexpr std::array<std::string_view, 4> kReachNames{"none", "own", "department",
                                                             "enterprise"};

inline Reach reach_of(std::string_view name) {
  const auto found = std::find(kReachNames.begin(), kReachNames.end(), name);
  return found == kReachNames.end() ? Reach::none
                                    : static_cast<Reach>(found - kReachNames.begin());
}

inline std::string_view name_of(Reach scope) {
  return kReachNames[static_cast<std::size_t>(scope)];
}

inline EnterpriseStanding::EnterpriseStanding(const Standing& from) {
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

inline std::uint32_t EnterpriseStanding::rights_of(const Standing& from, std::vector<int> roles,
                                            std::map<std::vector<int>, std::uint32_t>& known) {
  std::sort(roles.begin(), roles.end());
  const auto found = known.find(roles);
  if (found != known.end()) return found->second;
  Rights rights;
  rights.scopes.resize(permissions_.size(), Reach::none);
  for (const int place : roles) {
    if (place < 0 || static_cast<std::size_t>(place) >= from.roles.size()) continue;
    const StandingRole& role = from.roles[static_cast<std::size_t>(place)];
    rights.roles.push_back(role.id);
    for (const StandingRight& right : role.rights) {
      Reach& scope = rights.scopes[permissions_.find(right.permission)->second];
      scope = std::max(scope, reach_of(right.scope));
    }
  }
  rights_.push_back(std::move(rights));
  return known[std::move(roles)] = static_cast<std::uint32_t>(rights_.size() - 1);
}

inline void EnterpriseStanding::place_departments(const std::vector<StandingDepartment>& from) {
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

inline const EnterpriseStanding::Member* EnterpriseStanding::member(std::string_view person) const {
  const auto found = members_.find(person);
  return found == members_.end() ? nullptr : &found->second;
}

inline Reach EnterpriseStanding::scope(const Member& member, std::string_view permission) const {
  const auto found = permissions_.find(permission);
  return found == permissions_.end() ? Reach::none
                                     : rights_[member.rights].scopes[found->second];
}

inline std::vector<std::string> EnterpriseStanding::roles(const Member& member) const {
  return rights_[member.rights].roles;
}

inline bool EnterpriseStanding::covers(const Member& member, std::string_view department) const {
  if (member.department < 0) return false;
  const auto found = department_places_.find(department);
  return found != department_places_.end() && found->second >= member.department &&
         found->second < departments_[static_cast<std::size_t>(member.department)].end;
}

inline std::vector<std::string> EnterpriseStanding::departments(const Member& member) const {
  std::vector<std::string> ids;
  if (member.department < 0) return ids;
  const int end = departments_[static_cast<std::size_t>(member.department)].end;
  for (int i = member.department; i < end; ++i)
    ids.push_back(departments_[static_cast<std::size_t>(i)].id);
  return ids;
}

}  // namespace cinnabar
