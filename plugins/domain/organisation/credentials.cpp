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

// The present signing password, with which passkeys are added and removed: who has only somebody's
// session must not make a key of their own.
constexpr const char* kProof = "password";
constexpr std::int64_t kForgetEnrolmentsMs = 3'600'000;

Signer signer_of(const PersonRow& row) { return {row.id, row.name, row.mobile, {}, {}}; }

PersonRow person_of(const Host& host, const Call& call, const std::string& id) {
  auto row = PeopleTable(host, call).by_id(id);
  if (!row) throw Error("organisation.person_not_found", {{"person", id}});
  return std::move(*row);
}

// What is not bound, or cannot do what is asked.
template <class Work>
auto of_method(const std::string& method, Work work) {
  try {
    return work();
  } catch (const Error& error) {
    if (error.code() != "plugin.not_bound" && error.status() != CINNABAR_UNSUPPORTED) throw;
    throw Error("organisation.method_unknown", {{"method", method}});
  }
}

// Counts a wrong proof. Throws "organisation.current_required".
bool proves(const Host& host, const Call& call, const Signer& signer, const std::string& method,
            const Json& credentials, const Json& current, Answer<Nothing>& answer) {
  const Attempts attempts(host, call, "credential:" + signer.person_id + ":" + method);
  attempts.require_allowed();
  if (current.is_null()) throw Error("organisation.current_required", {{"method", method}});
  if (!knows_present(host.service<AuthMethod>(call, method), signer, credentials, current)) {
    attempts.failed(answer.writes);
    answer.problem = Error("organisation.current_refused", {{"method", method}}, "/current");
    return false;
  }
  attempts.succeeded(answer.writes);
  return true;
}

// The state of the enrolment that is answered, which ends with it; null when none is.
Json take_enrolment(const Host& host, const Call& call, const std::string& person,
                    const std::string& method, const std::string& id, WriteSet& writes) {
  if (id.empty()) return {};
  const Store store(host, call, {});
  const auto row = store.find(kEnrolments, "id = ? AND person = ? AND method = ? AND expires > ?",
                              {id, person, method, host.now_ms(Clock::real)});
  if (!row) throw Error("organisation.enrolment_unknown", {}, "/enrolment");
  store.remove(writes, kEnrolments, "id = ?", {id}, 1);
  return row->state;
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

Answer<CredentialsView> see_credentials(const Host& host, const Call& call,
                                        const std::string& person, const std::string& method) {
  return of_method(method, [&] {
    const auto row = find_credential(host, call, person, method);
    Answer<CredentialsView> answer{{method, row.has_value(), {}}};
    // Asked only of who keeps several: older methods do not know the question.
    if (row && row->several)
      answer.body.kept = host.service<AuthMethod>(call, method).about({row->credentials}).kept;
    return answer;
  });
}

Answer<EnrolmentBegun> begin_enrolment(const Host& host, const Call& call,
                                       const std::string& person, const std::string& method) {
  const Signer signer = signer_of(person_of(host, call, person));
  const auto row = find_credential(host, call, person, method);
  const Challenge challenge = of_method(method, [&] {
    return host.service<AuthMethod>(call, method)
        .begin_enrolment({signer, {}, {}, row ? row->credentials : Json(),
                          std::string(call.locale())});
  });
  const std::int64_t now = host.now_ms(Clock::real);
  const EnrolmentRow begun{host.new_id("enr"), person, method, challenge.state,
                           Time{now + challenge.expires_in_s * 1000}};
  Answer<EnrolmentBegun> answer;
  answer.body = {begun.id, challenge.prompt, begun.expires};
  const Store store(host, call, {});
  store.remove(answer.writes, kEnrolments, "expires < ?", {now - kForgetEnrolmentsMs});
  store.insert(answer.writes, kEnrolments, begun);
  return answer;
}

Answer<Nothing> change_credential(const Host& host, const Call& call, const std::string& person,
                                  const std::string& method, const CredentialChange& in) {
  const Signer signer = signer_of(person_of(host, call, person));
  const auto present = find_credential(host, call, person, method);
  return of_method(method, [&] {
    Answer<Nothing> answer;
    // The rules are those of whom the session acts for: an enterprise decides how its people sign.
    const auto client = host.service<AuthMethod>(call, method);
    const bool several = !in.enrolment.empty() || (present && present->several);
    const std::string by = several ? kProof : method;
    const auto proof = several ? find_credential(host, call, person, by) : present;
    if (several && present && !proof)
      throw Error("organisation.proof_first", {{"method", method}, {"proof", by}});
    if (proof && !proves(host, call, signer, by, proof->credentials, in.current, answer))
      return answer;
    EnrolRequest request{signer, in.answer, {}, {}};
    request.state = take_enrolment(host, call, person, method, in.enrolment, answer.writes);
    if (several && present) request.credentials = present->credentials;
    const CredentialRow fresh{person, method, client.enrol(request).credentials, host.now(),
                              several};
    const Store store(host, call, {});
    store.remove(answer.writes, kCredentials, "person = ? AND method = ?", {person, method},
                 present ? 1 : 0);
    store.insert(answer.writes, kCredentials, fresh);
    answer.writes.events.push_back(
        {present ? "person.credential_replaced" : "person.credential_set", person, person, person,
         Json::object().set("method", method)});
    return answer;
  });
}

}  // namespace cinnabar
