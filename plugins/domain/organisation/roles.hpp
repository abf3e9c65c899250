// The roles of one enterprise and who holds them. Values of one call; not shared between threads.
#pragma once

#include "rights.hpp"
#include "rows.hpp"
#include "system_roles.hpp"

#include <cinnabar/domain_plugin.hpp>

namespace cinnabar {

struct RoleView {
  std::string id;
  std::string name;
  std::string name_zh;
  std::string description;
  bool system = false;
  bool enabled = true;
  std::vector<StandingRight> rights;
};
CINNABAR_DESCRIBE(RoleView, id, name, (name_zh, doc("Of a system role; else the name.")),
                  description, (system, doc("Not edited; its holders may be.")), enabled,
                  (rights, items(0, 1000)))

struct RoleChange {
  std::string name;
  std::string description;
  std::vector<StandingRight> rights;
};
CINNABAR_DESCRIBE(RoleChange, (name, required, length(1, 100), format("line")),
                  (description, length(0, 500)),
                  (rights, items(0, 1000),
                   doc("Permissions (GET /permissions) and how far each goes: own, department or "
                       "enterprise; of one without scopes: enterprise.")))

class RolesTable {
 public:
  RolesTable(const Host& host, const Call& call, const std::string& enterprise)
      : host_(host), call_(call), store_(host, call, enterprise) {}

  std::vector<RoleView> all() const;  // the system's first, then by name
  RoleView by_id(const std::string& id) const;  // throws "organisation.role_not_found"
  std::vector<std::string> held_by(const std::string& person) const;  // role ids
  std::vector<HoldingRow> holdings() const;
  Rights rights_of_person(const std::string& person) const;  // of enabled roles

  // Nobody makes or widens a role beyond what they have themselves ("organisation.more_than_own").
  RoleView add(const RoleChange& in, const std::string& actor, WriteSet& writes) const;
  RoleView change(const std::string& id, const RoleChange& in, const std::string& actor,
                  WriteSet& writes) const;
  RoleView set_enabled(const std::string& id, bool enabled, const std::string& actor,
                       WriteSet& writes) const;
  // Throws "organisation.role_enabled"; its holders lose it.
  void remove(const std::string& id, const std::string& actor, WriteSet& writes) const;

  // Who gives or takes a role has all of its rights. The appointed ones of the system are neither
  // given nor taken here ("organisation.role_appointed"). Giving one that is held changes nothing.
  void give(const std::string& id, const std::string& person, const std::string& actor,
            WriteSet& writes) const;
  void take(const std::string& id, const std::string& person, const std::string& actor,
            WriteSet& writes) const;
  // Without asking who: for what founds or verifies an enterprise.
  void appoint(const std::string& id, const std::string& person, WriteSet& writes) const;
  // All roles of somebody who leaves. Throws "organisation.cannot_leave" of an appointed one.
  void take_all(const std::string& person, WriteSet& writes) const;

 private:
  RoleRow own(const std::string& id) const;  // throws "organisation.role_system"
  std::vector<PermissionInfo> permissions() const;
  void changed(const char* event, const std::string& actor, Json data, WriteSet& writes) const;
  void check_name(const std::string& name, const std::string& but) const;
  // So that a role is not given while it is removed.
  void touch(const RoleRow& row, WriteSet& writes) const;

  const Host& host_;
  const Call& call_;
  Store store_;
};

}  // namespace cinnabar
