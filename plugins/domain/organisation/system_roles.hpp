// The roles that every enterprise has (ORG-20): named here, filled by what plugins say of their
// permissions. They are not edited; who holds them is. Pure; any thread.
#pragma once

#include <cinnabar/services/domain.hpp>
#include <cinnabar/services/standing.hpp>

#include <array>

namespace cinnabar {

struct SystemRole {
  std::string_view id;
  std::string_view name;
  std::string_view name_zh;
  // Has every permission, and changes hands only as enterprises are verified (IDN-23, IDN-31 and
  // 32), not by a list of holders.
  bool appointed = false;
};

inline constexpr std::string_view kSuperAdministrator = "super_administrator";
inline constexpr std::string_view kLegalRepresentative = "legal_representative";

inline constexpr std::array<SystemRole, 9> kSystemRoles{{
    {kSuperAdministrator, "Super administrator", "超级管理员", true},
    {kLegalRepresentative, "Legal representative", "法定代表人", true},
    {"it_administrator", "IT information administrator", "IT信息管理员"},
    {"contract_administrator", "Contract administrator", "合同管理员"},
    {"template_administrator", "Template administrator", "模板管理员"},
    {"seal_administrator", "Seal administrator", "印章管理员"},
    {"seal_approver", "Seal approver", "印章审批人"},
    {"department_administrator", "Department administrator", "部门管理员"},
    {"business_staff", "Business staff", "业务员"},
}};

const SystemRole* system_role(std::string_view id);  // null: there is none

std::vector<StandingRight> rights_of(const SystemRole& role,
                                     const std::vector<PermissionInfo>& permissions);

}  // namespace cinnabar
