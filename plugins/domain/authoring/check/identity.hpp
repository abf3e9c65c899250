// Identity: a person who acts for an enterprise, made up for a check. Two of them have nothing in
// common, so that what is said of one can be recognised. A value.
#pragma once

#include "check/secrets.hpp"

namespace cinnabar::authoring {

struct Identity {
  std::string enterprise;
  std::string enterprise_name;
  std::string person;
  std::string person_name;
  std::string mobile;
  std::string contract;
  std::string shown;  // hex digest of what was shown

  std::vector<Secret> told() const {
    return {{"the id of another enterprise", enterprise},
            {"the name of another enterprise", enterprise_name},
            {"a person of another enterprise", person_name},
            {"the mobile number of a person of another enterprise", mobile}};
  }
};

inline Identity first_identity() {
  return {"ent_01J8HONGYE7Q2M4K9X",
          "红叶印章科技有限公司",
          "per_01J8XUEMEI5R8T3W6Z",
          "薛美玲",
          "13817046295",
          "con_01J8CAIGOU9D4F7H2",
          std::string(64, 'a')};
}

inline Identity second_identity() {
  return {"ent_01J9QINGSHI3V6B8N", "青石建设集团有限公司", "per_01J9ZHAODA8P2L5Y", "赵大鹏",
          "15962380714",           "con_01J9ZULIN6G3J8S5", std::string(64, 'b')};
}

// The same person and contract for another enterprise: what is kept by person alone is mixed up.
inline Identity same_person_elsewhere() {
  Identity out = first_identity();
  out.enterprise = second_identity().enterprise;
  out.enterprise_name = second_identity().enterprise_name;
  return out;
}

}  // namespace cinnabar::authoring
