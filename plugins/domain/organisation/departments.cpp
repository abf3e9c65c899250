#include "departments.hpp"

#include "identity.hpp"

#include <algorithm>

namespace cinnabar {

DepartmentsTable::DepartmentsTable(const Host& host, const Call& call,
                                   const std::string& enterprise)
    : host_(host), store_(host, call, enterprise) {
  // Before the tree: a change that comes between the two is then met at the commit.
  if (const auto row = store_.find(kEnterprises, "id = ?", {enterprise})) version_ = row->version;
  for (DepartmentRow& row : store_.list(kDepartments)) rows_.emplace(row.id, std::move(row));
}

std::vector<DepartmentView> DepartmentsTable::all() const {
  std::vector<DepartmentView> views;
  for (const auto& [id, row] : rows_)
    if (row.heir.empty()) views.push_back({id, row.parent, row.name});
  std::sort(views.begin(), views.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return views;
}

std::vector<StandingDepartment> DepartmentsTable::standing() const {
  std::vector<StandingDepartment> all{{store_.owner(), {}}};
  for (const auto& [id, row] : rows_) all.push_back({id, row.parent});
  return all;
}

const DepartmentRow& DepartmentsTable::row(const std::string& id) const {
  const auto found = rows_.find(id);
  if (found == rows_.end() || !found->second.heir.empty())
    throw Error("organisation.department_not_found", {{"department", id}});
  return found->second;
}

void DepartmentsTable::require(const std::string& id, const std::string& pointer) const {
  if (id == store_.owner()) return;
  const auto found = rows_.find(id);
  if (found == rows_.end() || !found->second.heir.empty())
    throw Error("organisation.department_not_found", {{"department", id}}, pointer);
}

std::map<std::string, std::string> DepartmentsTable::paths() const {
  std::map<std::string, std::string> paths;
  for (const auto& [id, row] : rows_) {
    if (!row.heir.empty()) continue;
    std::string path = row.name;
    for (auto above = rows_.find(row.parent); above != rows_.end();
         above = rows_.find(above->second.parent))
      path = above->second.name + "/" + path;
    paths.emplace(std::move(path), id);
  }
  return paths;
}

void DepartmentsTable::hold(const std::string& id, WriteSet& writes) const {
  if (id == store_.owner()) return;
  writes.run("UPDATE organisation_department SET heir = heir WHERE id = ? AND heir = ?", {id, ""},
             1);
  writes.run("UPDATE organisation_enterprise SET version = version + 1 WHERE id = ?",
             {store_.owner()}, 1);
}

std::vector<std::string> DepartmentsTable::subtree(const std::string& id) const {
  std::vector<std::string> ids;
  if (id == store_.owner()) ids.push_back(id);
  for (const auto& [one, row] : rows_)
    if (below(one, id)) ids.push_back(one);
  return ids;
}

bool DepartmentsTable::below(const std::string& id, const std::string& top) const {
  std::string at = id;
  for (std::size_t steps = 0; steps <= rows_.size(); ++steps) {
    if (at == top) return true;
    const auto found = rows_.find(at);
    if (found == rows_.end()) return false;
    at = found->second.parent;
  }
  return false;
}

int DepartmentsTable::level_of(const std::string& id) const {
  int level = 0;
  for (auto at = rows_.find(id); at != rows_.end() && level <= static_cast<int>(rows_.size());
       at = rows_.find(at->second.parent))
    ++level;
  return level;
}

int DepartmentsTable::height_of(const std::string& id) const {
  int height = 0;
  for (const auto& [one, row] : rows_)
    if (row.heir.empty() && below(one, id))
      height = std::max(height, level_of(one) - level_of(id) + 1);
  return height;
}

void DepartmentsTable::check_name(const std::string& name, const std::string& parent,
                                  const std::string& but) const {
  if (name.empty()) throw Error("request.invalid", {{"reason", "must not be blank"}}, "/name");
  // A path of names, as imports give it, is parted by slashes.
  if (name.find('/') != std::string::npos)
    throw Error("request.invalid", {{"reason", "must not hold a slash"}}, "/name");
  for (const auto& [id, row] : rows_)
    if (id != but && row.heir.empty() && row.parent == parent && row.name == name)
      throw Error("organisation.department_exists", {{"name", name}}, "/name");
}

void DepartmentsTable::changed(const char* event, const std::string& actor, Json data,
                               WriteSet& writes) const {
  const std::string& enterprise = store_.owner();
  writes.run("UPDATE organisation_enterprise SET version = version + 1 "
             "WHERE id = ? AND version = ?",
             {enterprise, version_}, 1);
  writes.events.push_back({event, enterprise, enterprise, actor, std::move(data)});
  writes.changed_owners.push_back(enterprise);
}

DepartmentView DepartmentsTable::add(const NewDepartment& in, const std::string& actor,
                                     WriteSet& writes) const {
  const std::string name = trimmed(in.name);
  const std::string parent = in.parent.empty() ? store_.owner() : in.parent;
  require(parent, "/parent");
  check_name(name, parent, {});
  if (rows_.size() >= kDepartmentsMax)
    throw Error("organisation.too_many_departments", {{"most", std::to_string(kDepartmentsMax)}});
  if (level_of(parent) + 1 > kDepartmentLevelsMax)
    throw Error("organisation.department_too_deep",
                {{"most", std::to_string(kDepartmentLevelsMax)}}, "/parent");
  const DepartmentRow row{host_.new_id("dep"), store_.owner(), parent, name, {}, host_.now()};
  store_.insert(writes, kDepartments, row);
  changed("enterprise.department_added", actor,
          Json::object().set("department", row.id).set("name", name), writes);
  return {row.id, row.parent, row.name};
}

DepartmentView DepartmentsTable::change(const std::string& id, const DepartmentChange& in,
                                        const std::string& actor, WriteSet& writes) const {
  DepartmentRow next = row(id);
  if (in.name) next.name = trimmed(*in.name);
  if (in.parent) next.parent = *in.parent;
  require(next.parent, "/parent");
  if (below(next.parent, id))
    throw Error("organisation.department_cycle", {{"name", next.name}}, "/parent");
  if (level_of(next.parent) + height_of(id) > kDepartmentLevelsMax)
    throw Error("organisation.department_too_deep",
                {{"most", std::to_string(kDepartmentLevelsMax)}}, "/parent");
  check_name(next.name, next.parent, id);
  store_.update(writes, kDepartments, next, "id = ?", {id});
  changed("enterprise.department_changed", actor,
          Json::object().set("department", id).set("name", next.name).set("parent", next.parent),
          writes);
  return {next.id, next.parent, next.name};
}

void DepartmentsTable::remove(const std::string& id, const std::string& heir,
                              const std::string& actor, WriteSet& writes) const {
  DepartmentRow gone = row(id);
  require(heir, "/heir");
  if (heir == id) throw Error("organisation.department_cycle", {{"name", gone.name}}, "/heir");
  for (const auto& [one, child] : rows_)
    if (child.parent == id && child.heir.empty())
      throw Error("organisation.department_has_children",
                  {{"name", gone.name}, {"child", child.name}});
  gone.heir = gone.parent = heir;
  store_.update(writes, kDepartments, gone, "id = ?", {id});
  writes.run("UPDATE organisation_employee SET department = ?, version = version + 1 "
             "WHERE enterprise = ? AND department = ?",
             {heir, store_.owner(), id});
  changed("enterprise.department_removed", actor,
          Json::object().set("department", id).set("name", gone.name).set("heir", heir), writes);
}

}  // namespace cinnabar
