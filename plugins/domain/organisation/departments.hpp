// The departments of one enterprise (ORG-1): a tree of up to 15 levels below the enterprise itself,
// whose id is that of the root. Values of one call; not shared between threads.
#pragma once

#include "rows.hpp"

#include <cinnabar/domain_plugin.hpp>

#include <map>

namespace cinnabar {

inline constexpr int kDepartmentLevelsMax = 15;
inline constexpr std::size_t kDepartmentsMax = 10'000;

struct DepartmentView {
  std::string id;
  std::string parent;
  std::string name;
};
CINNABAR_DESCRIBE(DepartmentView, id, (parent, doc("The enterprise's id: it lies at the top.")),
                  name)

struct NewDepartment {
  std::string name;
  std::string parent;
};
CINNABAR_DESCRIBE(NewDepartment, (name, required, length(1, 100), format("line")),
                  (parent, length(0, 64), doc("Absent: below the enterprise itself.")))

struct DepartmentChange {
  std::optional<std::string> name;
  std::optional<std::string> parent;
};
CINNABAR_DESCRIBE(DepartmentChange, (name, length(1, 100), format("line")),
                  (parent, length(1, 64), doc("Moves it, and all below it, there.")))

class DepartmentsTable {
 public:
  DepartmentsTable(const Host& host, const Call& call, const std::string& enterprise);

  std::vector<DepartmentView> all() const;  // without those that were deleted; by name
  std::vector<StandingDepartment> standing() const;  // with them, and with the root
  // Throws "organisation.department_not_found" with the pointer. The root is there.
  void require(const std::string& id, const std::string& pointer) const;
  // The department and all below.
  std::vector<std::string> subtree(const std::string& id) const;
  // Makes a command fail and run again if the department is deleted meanwhile.
  void hold(const std::string& id, WriteSet& writes) const;

  // Throw "organisation.department_exists", "organisation.department_too_deep",
  // "organisation.department_cycle".
  DepartmentView add(const NewDepartment& in, const std::string& actor, WriteSet& writes) const;
  DepartmentView change(const std::string& id, const DepartmentChange& in,
                        const std::string& actor, WriteSet& writes) const;
  // The heir takes over the employees and all that counts to the department. Throws
  // "organisation.department_has_children".
  void remove(const std::string& id, const std::string& heir, const std::string& actor,
              WriteSet& writes) const;

 private:
  const DepartmentRow& row(const std::string& id) const;
  int level_of(const std::string& id) const;      // the root: 0
  int height_of(const std::string& id) const;     // without anything below: 1
  bool below(const std::string& id, const std::string& top) const;  // or the same
  void check_name(const std::string& name, const std::string& parent,
                  const std::string& but) const;
  // All changes of one tree follow one another: each sees the enterprise's version.
  void changed(const char* event, const std::string& actor, Json data, WriteSet& writes) const;

  const Host& host_;
  Store store_;
  std::int64_t version_ = 0;  // of the enterprise
  std::map<std::string, DepartmentRow> rows_;
};

}  // namespace cinnabar
