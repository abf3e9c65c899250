// cinnabar.standing/1: who belongs to an enterprise and what their roles allow, whole. The kernel
// asks for it when the enterprise's epoch has moved (WriteSet::changed_owners) and decides every
// request over what it got. Thread-safety: any thread.
#pragma once

#include <cinnabar/service.hpp>

namespace cinnabar {

struct StandingRequest {
  std::string enterprise;
};
CINNABAR_DESCRIBE(StandingRequest, enterprise)

struct StandingRight {
  std::string permission;
  std::string scope;  // own, department, enterprise
};
CINNABAR_DESCRIBE(StandingRight, permission, scope)

// Only roles that are enabled are named.
struct StandingRole {
  std::string id;
  std::vector<StandingRight> rights;
};
CINNABAR_DESCRIBE(StandingRole, id, (rights, items(0, 1000)))

struct StandingMember {
  std::string person;
  std::string department;
  std::vector<int> roles;  // places in Standing::roles, from 0
};
CINNABAR_DESCRIBE(StandingMember, person, department, (roles, items(0, 1000)))

struct StandingDepartment {
  std::string id;
  std::string parent;  // empty: the root
};
CINNABAR_DESCRIBE(StandingDepartment, id, parent)

struct Standing {
  std::vector<StandingRole> roles;
  std::vector<StandingMember> members;  // of those who are active
  std::vector<StandingDepartment> departments;
};
CINNABAR_DESCRIBE(Standing, (roles, items(0, 2000)), (members, items(0, 200'000)),
                  (departments, items(0, 50'000)))

class Standings {
 public:
  using Interface = Standings;
  virtual ~Standings() = default;
  virtual Standing standing(const StandingRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Standings, "cinnabar.standing/1", standing)

}  // namespace cinnabar
