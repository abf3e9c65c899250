#include "sessions.hpp"

#include "attempts.hpp"
#include "identity.hpp"

#include <cinnabar/password_hash.hpp>

namespace cinnabar {
namespace {

constexpr std::size_t kTokenSize = 32;

// Compared with when there is nobody: refusing an unknown number costs what a wrong password does.
// The hash of no known password.
const std::string kNobodysPassword =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA"
    "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

bool password_is_right(const std::optional<PersonRow>& person, const std::string& password) {
  const bool registered = person && person->registered;
  const bool matches = password_matches(password, registered ? person->password
                                                             : kNobodysPassword);
  return registered && matches;
}

}  // namespace

Answer<SessionView> sign_in(const Host& host, const Call& call, const NewSession& in,
                            std::int64_t lifetime_ms) {
  const std::string mobile = normal_mobile(in.mobile);
  const Attempts attempts(host, call, "signin:" + mobile);
  attempts.require_allowed();
  Answer<SessionView> answer;
  const auto person = PeopleTable(host, call).by_mobile(mobile);
  if (!password_is_right(person, in.password)) {
    attempts.failed(answer.writes);
    answer.problem = Error("organisation.signin_refused");
    return answer;
  }
  const EnterprisesTable enterprises(host, call);
  if (!in.acting_for.empty() && !enterprises.member(in.acting_for, person->id))
    throw Error("organisation.not_member", {{"enterprise", in.acting_for}}, "/acting_for");
  attempts.succeeded(answer.writes);
  answer.body.token = base64url(host.random(kTokenSize));
  answer.body.expires = Time{host.now_ms(Clock::real) + lifetime_ms};
  answer.body.acting_for = in.acting_for;
  answer.body.person = view_of(*person);
  answer.body.enterprises = enterprises.of_person(person->id);
  answer.writes.sessions.push_back(
      {sha256_hex(answer.body.token), person->id, in.acting_for, answer.body.expires});
  if (in.cookie)
    answer.cookie = SessionCookie{std::exchange(answer.body.token, {}), lifetime_ms / 1000};
  return answer;
}

}  // namespace cinnabar
