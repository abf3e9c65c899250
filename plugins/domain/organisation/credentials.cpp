#include "credentials.hpp"

#include "attempts.hpp"
#include "people.hpp"

#include <cinnabar/services/auth_method.hpp>

namespace cinnabar {
namespace {

// The present credential is asked for as for a signature, only of nothing.
bool knows_present(const Client<AuthMethod>& method, const Signer& signer, const Json& credentials,
                   const Json& answer) {
  const Challenge challenge = method.begin({signer, {}, {}, credentials, {}});
  return method.verify({signer, {}, {}, challenge.state, credentials, answer}).accepted;
}

}  // namespace

std::optional<CredentialRow> find_credential(const Host& host, const Call& call,
                                             const std::string& person,
                                             const std::string& method) {
  return Store(host, call, {}).find(kCredentials, "person = ? AND method = ?", {person, method});
}

std::vector<std::string> credential_methods(const Host& host, const Call& call,
                                            const std::string& person) {
  std::vector<std::string> methods;
  for (const CredentialRow& row :
       Store(host, call, {}).list(kCredentials, "person = ? ORDER BY method", {person}))
    methods.push_back(row.method);
  return methods;
}

Answer<Nothing> change_credential(const Host& host, const Call& call, const std::string& person,
                                  const std::string& method, const CredentialChange& in) {
  const auto row = PeopleTable(host, call).by_id(person);
  if (!row) throw Error("organisation.person_not_found", {{"person", person}});
  const Signer signer{row->id, row->name, row->mobile, {}, {}};
  // The rules are those of whom the session acts for: an enterprise decides how its people sign.
  const auto client = host.service<AuthMethod>(call, method);
  const auto present = find_credential(host, call, person, method);
  const Attempts attempts(host, call, "credential:" + person + ":" + method);
  Answer<Nothing> answer;
  try {
    if (present) {
      attempts.require_allowed();
      if (in.current.is_null()) throw Error("organisation.current_required", {{"method", method}});
      if (!knows_present(client, signer, present->credentials, in.current)) {
        attempts.failed(answer.writes);
        answer.problem = Error("organisation.current_refused", {{"method", method}}, "/current");
        return answer;
      }
      attempts.succeeded(answer.writes);
    }
    CredentialRow fresh{person, method, {}, host.now()};
    fresh.credentials = client.enrol({signer, in.answer}).credentials;
    const Store store(host, call, {});
    store.remove(answer.writes, kCredentials, "person = ? AND method = ?", {person, method},
                 present ? 1 : 0);
    store.insert(answer.writes, kCredentials, fresh);
  } catch (const Error& error) {
    if (error.code() != "plugin.not_bound" && error.status() != CINNABAR_UNSUPPORTED) throw;
    throw Error("organisation.method_unknown", {{"method", method}});
  }
  answer.writes.events.push_back({present ? "person.credential_replaced" : "person.credential_set",
                                  person, person, person, Json::object().set("method", method)});
  return answer;
}

}  // namespace cinnabar
