// Standings: who belongs to an enterprise and how far their permissions go, as the kernel decides
// over it. A snapshot is built whole from what the enterprise's plugin says (cinnabar.standing/1),
// immutable afterwards, and kept until the enterprise's epoch moves, so that a change of roles
// holds from the next request on, on every node. Any thread.
#pragma once

#include "kernel/plugin/call_context.hpp"

#include <cinnabar/services/domain.hpp>
#include <cinnabar/services/standing.hpp>

#include <functional>
#include <unordered_map>

namespace cinnabar::kernel {

// Each includes those before it.
enum class Scope : std::uint8_t { none, own, department, enterprise };
Scope scope_of(std::string_view name);  // of an unknown name: none
std::string_view name_of(Scope scope);

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
  Scope scope(const Member& member, std::string_view permission) const;
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
    std::vector<Scope> scopes;  // by permission
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

class StandingCache {
 public:
  using Read = std::function<Standing(CallContext&, const std::string& enterprise)>;
  // Enterprises kept; beyond it the cache starts anew. One of 10,000 members takes 2 MB.
  static constexpr std::size_t kEnterprisesMax = 500;

  explicit StandingCache(Read read) : read_(std::move(read)) {}

  // As of the epoch that the request began with, or newer. An enterprise that is not there has no
  // members.
  std::shared_ptr<const EnterpriseStanding> get(CallContext& context,
                                                const std::string& enterprise) const;

 private:
  struct Entry {
    std::int64_t epoch;
    std::shared_ptr<const EnterpriseStanding> standing;
  };
  const Read read_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, Entry> entries_;
};

}  // namespace cinnabar::kernel
