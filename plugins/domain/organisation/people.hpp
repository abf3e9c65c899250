// People: who stands behind a mobile number, registered or only named so far. Values of one call;
// not shared between threads.
#pragma once

#include "people_rows.hpp"

#include <cinnabar/services/organisation.hpp>

namespace cinnabar {

struct NewPerson {
  std::string name;
  std::string mobile;
  std::string password;
};
CINNABAR_DESCRIBE(NewPerson,
                  (name, required, personal, length(1, 100), format("line"), example("李雪"),
                   doc("As on the identity document.")),
                  (mobile, required, personal, length(5, 21), format("mobile"),
                   example("13800138000")),
                  (password, required, secret, length(8, 128), doc("Signs in; not for signing.")))

struct PersonView {
  std::string id;
  std::string name;
  std::string mobile;
  bool registered = false;
};
CINNABAR_DESCRIBE(PersonView, id, (name, personal), (mobile, personal), registered)

inline PersonView view_of(const PersonRow& row) {
  return {row.id, row.name, row.mobile, row.registered};
}

class PeopleTable {
 public:
  PeopleTable(const Host& host, const Call& call) : host_(host), rows_(host, call) {}

  std::optional<PersonRow> by_id(const std::string& id) const;
  std::optional<PersonRow> by_mobile(const std::string& mobile) const;
  // Ids that are unknown are absent.
  std::vector<PersonRow> by_ids(const std::vector<std::string>& ids) const {
    return rows_.by_ids(ids);
  }

  // Registers a newcomer, or somebody whom others named already by that name and number. Throws
  // "organisation.mobile_taken", "organisation.name_differs".
  PersonRow register_person(const NewPerson& in, WriteSet& writes) const;
  // The person of that number, made if there is nobody yet. Throws "organisation.name_differs".
  PersonRow resolve(const std::string& name, const std::string& mobile, WriteSet& writes) const;

 private:
  PersonRow make(std::string name, std::string mobile) const;

  const Host& host_;
  PeopleRows rows_;
};

}  // namespace cinnabar
