// Access: who calls, and whether they may. The one place where both are decided.
//
// A session token stands for a person acting for an enterprise or for oneself. Authorisation takes
// subject, action and object and denies by default: a route's permission is looked up in the
// standing of the enterprise; of an object the grants decide, as far as the permission goes, and
// what the subject does not reach does not exist for them. Reads the database at every call, so
// that what was revoked holds from the next request on, on every node. Any thread.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/db/db.hpp"
#include "kernel/tenancy/standings.hpp"

namespace cinnabar::kernel {

// The value of `acting_for` with which a request leaves the enterprise of its session.
inline constexpr std::string_view kActingForOneself = "personal";

// What a request was found to be allowed: on which object, and how far its permission goes.
struct Authority {
  ObjectInfo object;
  ReachInfo reach;
};

class Access {
 public:
  Access(const Db& db, const Clocks& clocks, std::vector<std::string> operators,
         StandingCache::Read standing);

  // The subject of a bearer token; `acting_for` (a header) overrides the session's enterprise.
  // Throws "auth.session_invalid", "auth.not_member".
  SubjectInfo authenticate(std::string_view token, std::string_view acting_for,
                           CallContext& context) const;
  // Throws "auth.operator_only", "auth.permission_missing" when no role of the subject has the
  // route's permission, "object.not_found" when there is no such object within its reach,
  // "auth.role_missing" when the enterprise or person has none of the route's roles on it.
  Authority authorise(const SubjectInfo& subject, const RouteInfo& route,
                      const std::map<std::string, std::string>& params,
                      CallContext& context) const;

 private:
  // The subject within an enterprise.
  struct Seat {
    std::shared_ptr<const EnterpriseStanding> standing;
    const EnterpriseStanding::Member* member = nullptr;
  };
  Seat seat(const std::string& person, const std::string& enterprise, CallContext& context) const;
  ObjectInfo reached(const SubjectInfo& subject, const RouteInfo& route, const std::string& object,
                     const Seat& seat, Reach scope) const;

  const Db& db_;
  const Clocks& clocks_;
  std::vector<std::string> operators_;  // person ids
  StandingCache standings_;
};

}  // namespace cinnabar::kernel
