#include "sign_ins.hpp"

#include "credentials.hpp"
#include "identity.hpp"

#include <cinnabar/services/notifier.hpp>

#include <algorithm>

namespace cinnabar {
namespace {

constexpr const char* kUsual = "code";
constexpr const char* kPurpose = "sign_in";
constexpr const char* kWhoPlace = "organisation_sign_in/who";

// Asked when nobody has the number: the same work, and an answer that is never right.
Signer signer_of(const std::optional<PersonRow>& person, const std::string& mobile) {
  if (person && person->registered) return {person->id, person->name, person->mobile, {}, {}};
  return {"per_nobody", "-", mobile, {}, {}};
}

}  // namespace

SignInRow SignIns::counted(const std::string& mobile, const std::string& address) const {
  const Time now = host_.now(Clock::real);
  SignInRow row;
  row.id = host_.new_id("sgn");
  row.who = host_.service<Personal>(call_).index({kWhoPlace, {mobile}}).indexes.at(0);
  row.day = to_rfc3339(now).substr(0, 10);
  row.address = address;
  row.created = now;
  const Rows counts = host_.query(
      call_,
      "SELECT (SELECT COUNT(*) FROM organisation_sign_in WHERE who = ? AND day = ?), "
      "(SELECT COUNT(*) FROM organisation_sign_in WHERE address = ? AND created > ?)",
      {row.who, row.day, address, now.ms - kSignInWindowMs});
  row.ordinal = static_cast<int>(counts.rows[0][0].integer()) + 1;
  if (row.ordinal > kSignInsPerNumberMax ||
      counts.rows[0][1].integer() >= kSignInsPerAddressMax)
    throw Error("organisation.too_many_sign_ins");
  return row;
}

Answer<SignInBegun> SignIns::begin(const BeginSignIn& in, const std::string& address) const {
  const std::string method = in.method.empty() ? kUsual : in.method;
  if (std::find(methods_.begin(), methods_.end(), method) == methods_.end())
    throw Error("organisation.method_unknown", {{"method", method}}, "/method");
  const std::string mobile = normal_mobile(in.mobile);
  SignInRow row = counted(mobile, address);
  const auto person = PeopleTable(host_, call_).by_mobile(mobile);
  const bool known = person && person->registered;
  const Signer signer = signer_of(person, mobile);
  const auto kept = find_credential(host_, call_, signer.person_id, method);
  const Challenge asked = host_.service<AuthMethod>(call_, method)
                              .begin({signer, row.id, {}, kept ? kept->credentials : Json(),
                                      std::string(call_.locale()), kPurpose});
  row.person = known ? person->id : std::string();
  row.method = method;
  row.acting_for = in.acting_for;
  row.state = asked.state;
  row.tries_left = asked.tries;
  row.expires = Time{row.created.ms + asked.expires_in_s * 1000};
  Answer<SignInBegun> answer;
  answer.body = {row.id, asked.prompt, row.expires, row.tries_left};
  store_.remove(answer.writes, kSignIns, "expires < ? AND created < ?",
                {row.created.ms, row.created.ms - 2 * 24 * kSignInWindowMs});
  store_.insert(answer.writes, kSignIns, row);
  if (asked.delivery && known) {
    Notification message;
    message.kind = "auth.sign_in";
    message.person = row.person;
    message.mobile = asked.delivery->to;
    message.title = "登录验证 / Signing in";
    message.text = asked.delivery->text;
    answer.writes.merge(host_.service<Notifier>(call_).notify({{message}}).writes);
  }
  return answer;
}

Answer<SessionView> SignIns::finish(const std::string& id, const SignInAnswer& in,
                                    std::int64_t lifetime_ms, SessionOrigin origin) const {
  const auto row = store_.find(kSignIns, "id = ? AND tries_left > ? AND expires > ?",
                               {id, 0, host_.now_ms(Clock::real)});
  if (!row) throw Error("organisation.sign_in_unknown");
  std::optional<PersonRow> person;
  if (!row->person.empty()) person = PeopleTable(host_, call_).by_id(row->person);
  const Signer signer = signer_of(person, "-");
  const auto kept = find_credential(host_, call_, signer.person_id, row->method);
  const Verdict verdict =
      host_.service<AuthMethod>(call_, row->method)
          .verify({signer, row->id, {}, row->state, kept ? kept->credentials : Json(), in.answer});
  const bool right = verdict.accepted && person && person->registered;
  Answer<SessionView> answer;
  // Of answers that come at the same time one is judged here, the others are computed again and
  // see it.
  answer.writes.run(
      "UPDATE organisation_sign_in SET tries_left = ? WHERE id = ? AND tries_left = ?",
      {right ? 0 : row->tries_left - 1, row->id, row->tries_left}, 1);
  if (!right) {
    answer.problem = Error("organisation.answer_wrong",
                           {{"tries_left", std::to_string(row->tries_left - 1)}}, "/answer");
    return answer;
  }
  origin.method = row->method;
  open_session(host_, call_, *person, {row->acting_for, in.cookie, lifetime_ms}, origin, answer);
  return answer;
}

}  // namespace cinnabar
