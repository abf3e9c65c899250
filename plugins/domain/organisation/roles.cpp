#include "roles.hpp"

#include "identity.hpp"

#include <cinnabar/services/kernel.hpp>

#include <algorithm>

namespace cinnabar {
namespace {

// More than any enterprise keeps apart; a bound on what a standing holds.
constexpr std::size_t kOwnRolesMax = 1000;

RoleView view_of(const RoleRow& row) {
  return {row.id, row.name, row.name, row.description, false, row.enabled, row.rights};
}

RoleView view_of(const SystemRole& role, const std::vector<PermissionInfo>& permissions) {
  return {std::string(role.id), std::string(role.name), std::string(role.name_zh), {}, true, true,
          rights_of(role, permissions)};
}

Error not_found(const std::string& id) {
  return Error("organisation.role_not_found", {{"role", id}});
}

}  // namespace

std::vector<PermissionInfo> RolesTable::permissions() const {
  return host_.service<Permissions>(call_).list({}).permissions;
}

std::vector<RoleView> RolesTable::all() const {
  const auto known = permissions();
  std::vector<RoleView> roles;
  for (const SystemRole& role : kSystemRoles) roles.push_back(view_of(role, known));
  for (const RoleRow& row : store_.list(kRoles, "ORDER BY name")) roles.push_back(view_of(row));
  return roles;
}

RoleView RolesTable::by_id(const std::string& id) const {
  if (const SystemRole* role = system_role(id)) return view_of(*role, permissions());
  const auto row = store_.find(kRoles, "id = ?", {id});
  if (!row) throw not_found(id);
  return view_of(*row);
}

RoleRow RolesTable::own(const std::string& id) const {
  if (system_role(id)) throw Error("organisation.role_system", {{"role", id}});
  auto row = store_.find(kRoles, "id = ?", {id});
  if (!row) throw not_found(id);
  return std::move(*row);
}

std::vector<HoldingRow> RolesTable::holdings() const { return store_.list(kHoldings); }

std::vector<std::string> RolesTable::held_by(const std::string& person) const {
  std::vector<std::string> ids;
  for (const HoldingRow& row : store_.list(kHoldings, "person = ? ORDER BY role", {person}))
    ids.push_back(row.role);
  return ids;
}

Rights RolesTable::rights_of_person(const std::string& person) const {
  Rights rights;
  const auto known = permissions();
  for (const std::string& id : held_by(person)) {
    if (const SystemRole* role = system_role(id)) {
      rights.add(rights_of(*role, known));
    } else if (const auto row = store_.find(kRoles, "id = ?", {id}); row && row->enabled) {
      rights.add(row->rights);
    }
  }
  return rights;
}

void RolesTable::changed(const char* event, const std::string& actor, Json data,
                         WriteSet& writes) const {
  const std::string& enterprise = store_.owner();
  writes.events.push_back({event, enterprise, enterprise, actor, std::move(data)});
  writes.changed_owners.push_back(enterprise);
}

void RolesTable::check_name(const std::string& name, const std::string& but) const {
  if (name.empty()) throw Error("request.invalid", {{"reason", "must not be blank"}}, "/name");
  const bool systems = std::any_of(kSystemRoles.begin(), kSystemRoles.end(), [&](const auto& role) {
    return role.name == name || role.name_zh == name;
  });
  if (systems || store_.find(kRoles, "name = ? AND id <> ?", {name, but}))
    throw Error("organisation.role_exists", {{"name", name}}, "/name");
}

RoleView RolesTable::add(const RoleChange& in, const std::string& actor, WriteSet& writes) const {
  const std::string name = trimmed(in.name);
  check_name(name, {});
  if (store_.list(kRoles).size() >= kOwnRolesMax)
    throw Error("organisation.too_many_roles", {{"most", std::to_string(kOwnRolesMax)}});
  check_rights(in.rights, permissions());
  rights_of_person(actor).require_covers(in.rights);
  const RoleRow row{host_.new_id("rol"), store_.owner(), name, in.description, true, in.rights,
                    host_.now()};
  store_.insert(writes, kRoles, row);
  changed("enterprise.role_added", actor, Json::object().set("role", row.id).set("name", name),
          writes);
  return view_of(row);
}

RoleView RolesTable::change(const std::string& id, const RoleChange& in, const std::string& actor,
                            WriteSet& writes) const {
  RoleRow row = own(id);
  const std::string name = trimmed(in.name);
  check_name(name, id);
  check_rights(in.rights, permissions());
  rights_of_person(actor).require_covers(in.rights);
  row.name = name;
  row.description = in.description;
  row.rights = in.rights;
  ++row.version;
  store_.update(writes, kRoles, row, "id = ? AND version = ?", {id, row.version - 1});
  changed("enterprise.role_changed", actor, Json::object().set("role", id).set("name", name),
          writes);
  return view_of(row);
}

RoleView RolesTable::set_enabled(const std::string& id, bool enabled, const std::string& actor,
                                 WriteSet& writes) const {
  RoleRow row = own(id);
  rights_of_person(actor).require_covers(row.rights);
  if (row.enabled == enabled) return view_of(row);
  row.enabled = enabled;
  ++row.version;
  store_.update(writes, kRoles, row, "id = ? AND version = ?", {id, row.version - 1});
  changed(enabled ? "enterprise.role_enabled" : "enterprise.role_disabled", actor,
          Json::object().set("role", id), writes);
  return view_of(row);
}

void RolesTable::remove(const std::string& id, const std::string& actor, WriteSet& writes) const {
  const RoleRow row = own(id);
  if (row.enabled) throw Error("organisation.role_enabled", {{"name", row.name}});
  store_.remove(writes, kRoles, "id = ? AND version = ?", {id, row.version}, 1);
  store_.remove(writes, kHoldings, "role = ?", {id});
  changed("enterprise.role_removed", actor, Json::object().set("role", id).set("name", row.name),
          writes);
}

void RolesTable::touch(const RoleRow& row, WriteSet& writes) const {
  writes.run("UPDATE organisation_role SET version = version + 1 WHERE id = ? AND version = ?",
             {row.id, row.version}, 1);
}

void RolesTable::give(const std::string& id, const std::string& person, const std::string& actor,
                      WriteSet& writes) const {
  const SystemRole* system = system_role(id);
  if (system && system->appointed) throw Error("organisation.role_appointed", {{"role", id}});
  const RoleView role = by_id(id);
  rights_of_person(actor).require_covers(role.rights);
  if (store_.find(kHoldings, "role = ? AND person = ?", {id, person})) return;
  if (!system) touch(own(id), writes);
  store_.insert(writes, kHoldings, HoldingRow{store_.owner(), id, person, host_.now()});
  changed("enterprise.role_given", actor, Json::object().set("role", id).set("person", person),
          writes);
}

void RolesTable::take(const std::string& id, const std::string& person, const std::string& actor,
                      WriteSet& writes) const {
  const SystemRole* system = system_role(id);
  if (system && system->appointed) throw Error("organisation.role_appointed", {{"role", id}});
  rights_of_person(actor).require_covers(by_id(id).rights);
  if (!store_.find(kHoldings, "role = ? AND person = ?", {id, person})) return;
  store_.remove(writes, kHoldings, "role = ? AND person = ?", {id, person}, 1);
  changed("enterprise.role_taken", actor, Json::object().set("role", id).set("person", person),
          writes);
}

void RolesTable::appoint(const std::string& id, const std::string& person,
                         WriteSet& writes) const {
  store_.remove(writes, kHoldings, "role = ?", {id});
  store_.insert(writes, kHoldings, HoldingRow{store_.owner(), id, person, host_.now()});
  changed("enterprise.role_appointed", {}, Json::object().set("role", id).set("person", person),
          writes);
}

void RolesTable::take_all(const std::string& person, WriteSet& writes) const {
  const auto held = held_by(person);
  for (const std::string& id : held) {
    const SystemRole* system = system_role(id);
    if (system && system->appointed)
      throw Error("organisation.cannot_leave", {{"person", person}, {"role", id}});
  }
  // A role that is given meanwhile must not stay behind: as many as were seen.
  store_.remove(writes, kHoldings, "person = ?", {person}, static_cast<std::int64_t>(held.size()));
}

}  // namespace cinnabar
