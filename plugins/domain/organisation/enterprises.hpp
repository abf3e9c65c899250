// Enterprises and who belongs to them. Values of one call; not shared between threads.
#pragma once

#include "people.hpp"
#include "roles.hpp"

namespace cinnabar {

struct NewEnterprise {
  std::string name;
  std::string credit_code;
};
CINNABAR_DESCRIBE(NewEnterprise,
                  (name, required, length(2, 100), format("line"), example("朱砂科技有限公司"),
                   doc("As on the licence.")),
                  (credit_code, required, length(18, 18), example("91310000MA12345674"),
                   doc("Unified social credit code, GB 32100.")))

// An enterprise, with the caller's own roles in it.
struct EnterpriseView {
  std::string id;
  std::string name;
  std::string credit_code;
  std::vector<std::string> roles;
};
CINNABAR_DESCRIBE(EnterpriseView, id, name, credit_code, (roles, doc("Ids of the caller's roles.")))

class EnterprisesTable {
 public:
  EnterprisesTable(const Host& host, const Call& call)
      : host_(host), call_(call), store_(host, call, {}) {}

  std::vector<EnterpriseRow> by_ids(const std::vector<std::string>& ids) const;
  std::vector<EnterpriseRow> by_name(const std::string& name) const;
  std::optional<MemberRow> member(const std::string& enterprise, const std::string& person) const;
  std::vector<MemberRow> members(const std::string& enterprise) const;
  // The enterprises of a person, by name.
  std::vector<EnterpriseView> of_person(const std::string& person) const;

  // The founder becomes its super administrator. Throws "organisation.credit_code_invalid",
  // "organisation.enterprise_exists".
  EnterpriseView found(const NewEnterprise& in, const std::string& founder, WriteSet& writes) const;

 private:
  const Host& host_;
  const Call& call_;
  Store store_;
};

}  // namespace cinnabar
