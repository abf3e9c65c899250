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
                            std::int64_t lifetime_ms, const SessionOrigin& origin) {
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
  open_session(host, call, *person, {in.acting_for, in.cookie, lifetime_ms}, origin, answer);
  attempts.succeeded(answer.writes);
  return answer;
}

void open_session(const Host& host, const Call& call, const PersonRow& person,
                  const SessionWish& wish, const SessionOrigin& origin,
                  Answer<SessionView>& answer) {
  const EnterprisesTable enterprises(host, call);
  if (!wish.acting_for.empty() && !enterprises.member(wish.acting_for, person.id))
    throw Error("organisation.not_member", {{"enterprise", wish.acting_for}}, "/acting_for");
  const Time now = host.now(Clock::real);
  answer.body.token = base64url(host.random(kTokenSize));
  answer.body.expires = Time{now.ms + wish.lifetime_ms};
  answer.body.acting_for = wish.acting_for;
  answer.body.person = view_of(person);
  answer.body.enterprises = enterprises.of_person(person.id);
  const std::string digest = sha256_hex(answer.body.token);
  answer.writes.sessions.push_back({digest, person.id, wish.acting_for, answer.body.expires});
  const Store store(host, call, {});
  store.remove(answer.writes, kSessions, "person = ? AND expires < ?", {person.id, now.ms});
  store.insert(answer.writes, kSessions,
               SessionRow{host.new_id("ses"), digest, person.id, wish.acting_for, origin.method,
                          origin.address, origin.user_agent, now, answer.body.expires});
  if (wish.cookie)
    answer.cookie = SessionCookie{std::exchange(answer.body.token, {}), wish.lifetime_ms / 1000};
}

}  // namespace cinnabar
