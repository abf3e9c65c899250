#include "check/auth_driver.hpp"

#include <algorithm>
#include <cstdlib>

namespace cinnabar::authoring {

std::string without_last_character(std::string text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
  return text;
}

namespace {

constexpr const char* kInterface = "cinnabar.auth-method/1";
const std::vector<std::string> kKeys{"code",  "pin",        "password", "answer", "otp",
                                     "token", "passphrase", "value",    "secret", "phrase"};
// What may be a secret of some method: digits of the usual lengths, a phrase, base 32.
const std::vector<std::string> kEnrolled{"739251", "73925184", "7392", "Kq7#vR2mZx9wLp4",
                                         "KZJG2Y3LMVXHI5DP"};
constexpr std::size_t kCodeSizeMin = 4, kCodeSizeMax = 12;

Json under_all(const std::string& value) {
  Json out = Json::object();
  for (const std::string& key : kKeys) out.set(key, value);
  return out;
}

Signer signer(const Identity& who) {
  return {who.person, who.person_name, who.mobile, who.enterprise, who.enterprise_name};
}

void collect_texts(const Json& json, std::vector<std::string>& out) {
  if (json.is_text()) out.push_back(json.text());
  if (json.is_number()) out.push_back(to_json(json));
  for (const Json& item : json.items()) collect_texts(item, out);
  for (const auto& [name, value] : json.members()) collect_texts(value, out);
}

// The texts of what the platform keeps secret, but for those that say what was asked.
void add_kept(std::vector<Secret>& secrets, const std::string& name, const Json& json,
              const Identity& who) {
  constexpr std::size_t kKeptSizeMin = 16;
  std::vector<std::string> texts;
  collect_texts(json, texts);
  for (const std::string& text : texts)
    if (text.size() >= kKeptSizeMin && text != who.contract && text != who.shown &&
        text != who.person && text != who.enterprise && text != who.enterprise_name)
      secrets.push_back({name, text, true});
}

// The same value with each leaf changed; names stay.
Json changed_leaves(const Json& json, const std::function<Json(const Json&)>& change) {
  if (!json.is_object() && !json.is_array()) return change(json);
  Json out = json.is_object() ? Json::object() : Json::array();
  for (const auto& [name, value] : json.members()) out.set(name, changed_leaves(value, change));
  for (const Json& item : json.items()) out.add(changed_leaves(item, change));
  return out;
}

// Another text of the same kind: digits for digits, letters for letters, else another ending.
std::string wrong_text(const std::string& right) {
  std::string text = right;
  for (char& c : text)
    if (c >= '0' && c <= '9')
      c = static_cast<char>('0' + (c - '0' + 3) % 10);
    else if (c >= 'a' && c <= 'z')
      c = static_cast<char>('a' + (c - 'a' + 3) % 26);
    else if (c >= 'A' && c <= 'Z')
      c = static_cast<char>('A' + (c - 'A' + 3) % 26);
  if (text != right) return text;
  text = without_last_character(right) + "错";
  return text != right ? text : text + "误";
}

Json wrong_value(const Json& right) {
  if (right.is_text()) return Json(wrong_text(right.text()));
  if (right.is_boolean()) return Json(!right.boolean());
  if (right.is_integer()) return Json(right.integer() + 1);
  if (right.is_number()) return Json(right.number() + 1);
  return Json("x");
}

bool is_number(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

AuthDriver::AuthDriver(Session& session, std::string config)
    : session_(session), config_(std::move(config)) {
  const Json& fixture = session.subject().fixture;
  if (fixture.contains("enrolment") || fixture.contains("answer")) {
    answer_ = fixture["answer"];
    works_ = try_enrolment(fixture["enrolment"]) && try_answers();
    return;
  }
  works_ = try_enrolment({}) && try_answers();
  for (std::size_t i = 0; i < kEnrolled.size() && !works_; ++i) {
    answer_ = {};
    works_ = try_enrolment(under_all(kEnrolled[i])) && try_answers();
  }
}

bool AuthDriver::try_enrolment(const Json& enrolment) {
  enrolment_ = enrolment;
  credentials_.clear();
  return enrolment.is_null() || !credentials(first_identity()).is_null();
}

Sample AuthDriver::enrol(const Identity& who) const {
  Sample out{kInterface, "enrol", to_json(EnrolRequest{signer(who), enrolment_})};
  std::vector<std::string> texts;
  collect_texts(enrolment_, texts);
  for (const std::string& text : texts) out.secrets.push_back({"what the person enrols", text});
  out.secrets.push_back({"the mobile number", who.mobile, true});
  return out;
}

const Json& AuthDriver::credentials(const Identity& who) const {
  static const Json kNone;
  if (enrolment_.is_null()) return kNone;
  Json& known = credentials_[who.person + who.enterprise];
  if (known.is_null()) {
    Setting setting{who.enterprise, config_};
    const Reply reply = session_.ask(enrol(who), setting);
    if (reply.ok()) try {
        known = from_json<Enrolment>(reply.json).credentials;
      } catch (const Error&) {
      }
  }
  return known;
}

Sample AuthDriver::begin(const Identity& who) const {
  Sample out{kInterface, "begin",
             to_json(BeginRequest{signer(who), who.contract, who.shown, credentials(who), "zh"})};
  out.shown = {"prompt"};
  add_kept(out.secrets, "the person's credentials", credentials(who), who);
  out.secrets.push_back({"the mobile number", who.mobile, true});
  return out;
}

std::optional<Challenge> AuthDriver::challenge(const Identity& who, std::uint64_t seed) const {
  const Reply reply = session_.ask(begin(who), {who.enterprise, config_}, seed);
  if (!reply.ok()) return std::nullopt;
  try {
    return from_json<Challenge>(reply.json);
  } catch (const Error&) {
    return std::nullopt;
  }
}

Sample AuthDriver::verify(const Identity& who, const Challenge& challenge,
                          const Json& answer) const {
  Sample out{kInterface, "verify",
             to_json(VerifyAnswerRequest{signer(who), who.contract, who.shown, challenge.state,
                                         credentials(who), answer})};
  out.shown = {"evidence", "reason"};
  std::vector<std::string> texts;
  collect_texts(answer, texts);
  for (const std::string& text : texts) out.secrets.push_back({"the signer's answer", text});
  add_kept(out.secrets, "the challenge's state", challenge.state, who);
  add_kept(out.secrets, "the person's credentials", credentials(who), who);
  out.secrets.push_back({"the mobile number", who.mobile, true});
  return out;
}

bool AuthDriver::accepted(const Challenge& challenge, const Json& answer) const {
  const Identity who = first_identity();
  const Reply reply = session_.ask(verify(who, challenge, answer), {who.enterprise, config_});
  try {
    return reply.ok() && from_json<Verdict>(reply.json).accepted;
  } catch (const Error&) {
    return false;
  }
}

// Runs of digits, then runs of letters and digits with a digit among them, in order.
std::vector<std::string> AuthDriver::codes_in(const std::string& text) const {
  std::vector<std::string> codes;
  for (const bool digits : {true, false}) {
    std::string run;
    for (std::size_t i = 0; i <= text.size(); ++i) {
      const auto c = static_cast<unsigned char>(i < text.size() ? text[i] : 0);
      if (digits ? c >= '0' && c <= '9' : c < 128 && (std::isalnum(c) != 0 || c == '-')) {
        run += text[i];
        continue;
      }
      if (run.size() >= kCodeSizeMin && run.size() <= kCodeSizeMax) codes.push_back(run);
      run.clear();
    }
  }
  return codes;
}

bool AuthDriver::try_answers() {
  const auto asked = challenge(first_identity(), 1);
  if (!asked) return false;
  if (!answer_.is_null()) return accepted(*asked, answer_);
  const std::string prompted = asked->prompt["input"].text();
  std::vector<std::string> values;
  delivered_ = asked->delivery.has_value();
  if (delivered_)
    values = codes_in(asked->delivery->text);
  else if (!enrolment_.is_null())
    values = {enrolment_.members().front().second.text()};
  for (std::size_t i = 0; i < values.size(); ++i)
    for (const Form& form : {Form{prompted}, Form{"code"}, Form{}, Form{prompted, true},
                             Form{"code", true}, Form{"", false, true}, Form{"", true, true}}) {
      if (form.number && !is_number(values[i])) continue;
      const Json answer = formed(values[i], form);
      if (!accepted(*asked, answer)) continue;
      form_ = form;
      which_code_ = i;
      if (!delivered_) answer_ = answer;
      return true;
    }
  return false;
}

Json AuthDriver::formed(const std::string& value, const Form& form) {
  const Json json = form.number ? Json(std::int64_t{std::atoll(value.c_str())}) : Json(value);
  if (form.bare) return json;
  return form.key.empty() ? under_all(value) : Json::object().set(form.key, json);
}

Json AuthDriver::right_answer(const Challenge& challenge) const {
  if (!delivered_) return answer_;
  const auto codes = codes_in(challenge.delivery ? challenge.delivery->text : std::string());
  const std::string code = which_code_ < codes.size() ? codes[which_code_] : std::string();
  return formed(code, form_);
}

Json AuthDriver::changed(const Challenge& challenge,
                         const std::function<std::string(const std::string&)>& change) const {
  return changed_leaves(right_answer(challenge), [&](const Json& value) {
    return value.is_text() ? Json(change(value.text())) : value;
  });
}

Json AuthDriver::wrong_answer(const Challenge& challenge) const {
  const Json right = right_answer(challenge), wrong = changed_leaves(right, &wrong_value);
  return wrong != right ? wrong : Json::object().set("code", "x");  // it had no leaves
}

std::vector<Secret> AuthDriver::answer_secrets(const Challenge& challenge) const {
  std::vector<std::string> texts;
  collect_texts(right_answer(challenge), texts);
  std::vector<Secret> out;
  for (const std::string& text : texts) out.push_back({"the code that the signer is sent", text});
  return out;
}

}  // namespace cinnabar::authoring
