// Where an enterprise's script decides about who belongs to it and who signs in for it. Any thread.
#pragma once

#include "enterprises.hpp"
#include "sessions.hpp"

#include <cinnabar/hook_calls.hpp>
#include <cinnabar/services/domain.hpp>

namespace cinnabar {

struct EmployeeHookInput {
  std::string employee;
  std::string name;
  std::string mobile;
  std::vector<std::string> roles;
  std::string person;
};
CINNABAR_DESCRIBE(EmployeeHookInput, (employee, doc("Id; absent before joining.")),
                  (name, personal, doc("Before joining.")),
                  (mobile, personal, doc("Before joining.")),
                  (roles, items(0, 50), doc("Ids, when joining.")),
                  (person, doc("Id of who adds or removes.")))

struct SignInHookInput {
  std::string person;
  std::string address;
  std::string user_agent;
};
CINNABAR_DESCRIBE(SignInHookInput, (person, doc("Id.")), (address, personal), user_agent)

inline constexpr const char* kBeforeJoin = "enterprise.before_join";
inline constexpr const char* kBeforeLeave = "enterprise.before_leave";
inline constexpr const char* kAfterJoin = "enterprise.after_join";
inline constexpr const char* kAfterLeave = "enterprise.after_leave";
inline constexpr const char* kBeforeSignIn = "session.before_sign_in";

inline std::vector<HookPointInfo> employee_hook_points() {
  return {{kBeforeJoin, "Before an employee is added.", true, "", {}},
          {kBeforeLeave, "Before an employee is removed.", true, "", {}},
          {kAfterJoin, "After an employee was added.", false, "", {}},
          {kAfterLeave, "After an employee was removed.", false, "", {}}};
}

inline HookPointInfo sign_in_hook_point() {
  return {kBeforeSignIn,
          "Before somebody signs in for the enterprise, with the right password.",
          true,
          "",
          {}};
}

}  // namespace cinnabar
