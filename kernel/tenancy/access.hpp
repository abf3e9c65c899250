// Access: who calls, and whether they may. The one place where both are decided.
//
// A session token stands for a person acting for an enterprise or for oneself. Authorisation takes
// subject, action and object: the object's grants decide, deny by default, and an object that the
// subject has no role on does not exist for them. Reads the database at every call, so that what
// was revoked holds from the next request on, on every node. Any thread.
#pragma once

#include "kernel/base/clocks.hpp"
#include "kernel/db/db.hpp"

#include <cinnabar/services/domain.hpp>

namespace cinnabar::kernel {

// The value of `acting_for` with which a request leaves the enterprise of its session.
inline constexpr std::string_view kActingForOneself = "personal";

class Access {
 public:
  Access(const Db& db, const Clocks& clocks, std::vector<std::string> operators);

  // The subject of a bearer token; `acting_for` (a header) overrides the session's enterprise if
  // the person is a member of it. Throws "auth.session_invalid", "auth.not_member".
  SubjectInfo authenticate(std::string_view token, std::string_view acting_for) const;
  // The object with the subject's roles on it. A role counts that was granted to the tenant the
  // subject acts for; "member" and "admin" (of an enterprise) also when granted to the person.
  // Throws "object.not_found" without any role, "auth.role_missing" when none of the route's
  // roles is among them, "auth.operator_only".
  ObjectInfo authorise(const SubjectInfo& subject, const RouteInfo& route,
                       std::string_view object) const;

 private:
  bool is_member(const std::string& person, const std::string& enterprise) const;

  const Db& db_;
  const Clocks& clocks_;
  std::vector<std::string> operators_;  // person ids
};

}  // namespace cinnabar::kernel
