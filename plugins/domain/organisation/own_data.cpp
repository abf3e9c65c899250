#include "own_data.hpp"

#include "credentials.hpp"
#include "session_book.hpp"

namespace cinnabar {

Json own_data(const Host& host, const Call& call, const std::string& person) {
  const auto row = PeopleTable(host, call).by_id(person);
  if (!row) return {};
  Json enterprises = Json::array();
  for (const EnterpriseView& one : EnterprisesTable(host, call).of_person(person))
    enterprises.add(from_json<Json>(to_json(one)));
  Json methods = Json::array();
  for (const std::string& method : credential_methods(host, call, person)) methods.add(method);
  return Json::object()
      .set("name", row->name)
      .set("mobile", row->mobile)
      .set("registered", row->registered)
      .set("since", to_rfc3339(row->created))
      .set("enterprises", enterprises)
      .set("signing_methods", methods);
}

Erasure erase_person(const Host& host, const Call& call, const std::string& person) {
  Erasure out;
  if (!PeopleTable(host, call).by_id(person)) return out;
  for (const EnterpriseView& one : EnterprisesTable(host, call).of_person(person))
    out.because.push_back({"organisation.still_employee", {{"enterprise", one.id}}});
  if (!out.because.empty()) return out;
  PeopleRows(host, call).blank(person, out.writes);
  Store(host, call, {}).remove(out.writes, kCredentials, "person = ?", {person});
  SessionBook(host, call).end_all(person, {}, out.writes);
  return out;
}

}  // namespace cinnabar
