#include "methods.hpp"

#include <cstdio>
#include <ctime>
#include <fstream>
#include <map>
#include <mutex>
#include <set>

namespace faulty {
namespace {

constexpr std::int64_t kExpiresInS = 300;

// What enterprises did, for all of them together.
std::string last_enterprise;
std::map<std::string, std::string> enterprise_of_person;
std::map<std::string, std::string> code_of_challenge;
std::vector<std::string> everybody;
int wrong_answers = 0;
char shared_buffer[512];
std::mutex guard;

// Mixes a text into 64 bits: enough for a code in a test.
std::string digest(const std::string& text) {
  std::uint64_t hash = 1469598103934665603u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  char hex[40];
  std::snprintf(hex, sizeof hex, "%016llx", static_cast<unsigned long long>(hash * 31 + 7));
  return hex;
}

std::string sealed(const std::string& salt, const std::string& code, const Signer& signer,
                   const std::string& contract, const std::string& shown) {
  return digest(salt + "|" + code + "|" + signer.person_id + "|" + contract + "|" + shown);
}

std::string trimmed_digits(const std::string& text) {
  std::size_t size = 0;
  while (size < text.size() && text[size] >= '0' && text[size] <= '9') ++size;
  return text.substr(0, size);
}

}  // namespace

Enrolment Codes::enrol(const EnrolRequest&, const Call&) {
  throw Error("auth.enrolment_refused", {{"reason", "a code needs none"}});
}

std::string Codes::make_code(const BeginRequest& in) const {
  std::uint32_t value = 0;
  if (has_fault("replay_same_code"))
    for (const char c : digest(in.signer.person_id + in.contract_id)) value = value * 31 + c;
  else
    for (const char c : host_.random(4)) value = value << 8 | static_cast<unsigned char>(c);
  std::string code = std::to_string(value % 1'000'000);
  return code.insert(0, 6 - code.size(), '0');
}

void Codes::tell(const std::string& code, const BeginRequest& in) const {
  if (has_fault("secret_log")) host_.log(Level::debug, "the code is " + code);
  if (has_fault("secret_log_base64")) host_.log(Level::info, to_base64("code=" + code + ";"));
  if (has_fault("secret_log_mobile")) host_.log(Level::info, "code sent to " + in.signer.mobile);
  if (has_fault("secret_log_split")) {
    host_.log(Level::debug, "the first half is " + code.substr(0, 3));
    host_.log(Level::debug, "the second half is " + code.substr(3));
  }
  if (has_fault("secret_log_spaced")) {
    std::string spaced;
    for (const char c : code) spaced += std::string(1, c) + '-';
    host_.log(Level::debug, "the code is " + spaced);
  }
  if (has_fault("secret_stdout")) std::printf("code %s\n", code.c_str());
}

Challenge Codes::begin(const BeginRequest& in, const Call&) {
  if (in.signer.mobile.empty()) throw Error("auth.no_mobile");
  const std::string code = make_code(in), salt = to_hex(host_.random(8));
  tell(code, in);
  Challenge out;
  out.prompt = Json::object().set("input", "code").set("digits", 6);
  out.state = Json::object().set("salt", salt).set("contract", in.contract_id);
  out.state.set("shown", in.shown_digest);
  out.state.set("seal", sealed(salt, code, in.signer, in.contract_id, in.shown_digest));
  out.state.set("until", host_.now_ms(clock()) + kExpiresInS * 1'000);
  if (has_fault("secret_state")) out.state.set("code", code);
  if (has_fault("replay_any_challenge")) {
    out.state.set("salt", "none")
        .set("seal", sealed("none", code, in.signer, in.contract_id, in.shown_digest));
    const std::lock_guard lock(guard);
    code_of_challenge[code] = in.contract_id;
  }
  if (has_fault("globals_challenge")) {
    const std::lock_guard lock(guard);
    code_of_challenge[salt] = code;
    out.state.set("seal", "");
  }
  if (has_fault("globals_file"))
    std::ofstream("/tmp/cinnabar-faulty", std::ios::app) << in.signer.enterprise_name;
  if (has_fault("leak_contract") || has_fault("keeps_few")) {
    const std::lock_guard lock(guard);
    if (has_fault("keeps_few") && contracts_.size() >= 500) contracts_.clear();
    contracts_.insert(in.contract_id);
  }
  if (has_fault("globals_kept")) {
    const std::lock_guard lock(guard);
    if (everybody.size() < 100) everybody.push_back(in.signer.person_id);
  }
  out.delivery = Delivery{in.signer.mobile, "签署验证码：" + code + "，5分钟内有效。"};
  out.expires_in_s = kExpiresInS;
  return out;
}

void Codes::wait_without_end(const Call&) const {
  const timespec pause{0, 50'000'000};
  if (has_fault("deadline_sleep"))
    for (int i = 0; i < 30; ++i) nanosleep(&pause, nullptr);
  if (has_fault("deadline_busy")) {
    const std::clock_t end = std::clock() + 2 * CLOCKS_PER_SEC;
    while (std::clock() < end) {
    }
  }
  if (has_fault("deadline_retry"))
    for (;;) try {
        host_.random(1);
        break;
      } catch (const Error&) {
        nanosleep(&pause, nullptr);
      }
}

Clock Codes::clock() { return has_fault("expired_business") ? Clock::business : Clock::real; }

std::string Codes::given_in(const Json& answer) {
  if (has_fault("answers_number")) {
    std::string digits = std::to_string(answer["code"].integer(-1));
    return digits.size() < 6 ? digits.insert(0, 6 - digits.size(), '0') : digits;
  }
  return has_fault("garbage_code") ? trimmed_digits(answer["code"].text()) : answer["code"].text();
}

Verdict Codes::judged(const VerifyAnswerRequest& in) {
  const std::string given = given_in(in.answer);
  const std::string contract = has_fault("garbage_contract")
                                   ? in.contract_id.substr(0, in.state["contract"].text().size())
                                   : in.contract_id;
  if (has_fault("threads_member")) current_contract_ = in.contract_id;
  if (has_fault("threads_buffer"))
    std::snprintf(shared_buffer, sizeof shared_buffer, "%s", in.contract_id.c_str());
  if (in.state["contract"].text() != contract || in.state["shown"].text() != in.shown_digest)
    return {false, "other_document", {}};
  const std::int64_t late_ms = host_.now_ms(clock()) - in.state["until"].integer();
  if (late_ms > (has_fault("expired_second") ? 1'000 : 0) && !has_fault("expired"))
    return {false, "expired", {}};
  std::string expected = in.state["seal"].text();
  std::string salt = in.state["salt"].text();
  if (has_fault("globals_challenge")) {
    const std::lock_guard lock(guard);
    const auto known = code_of_challenge.find(salt);
    if (known == code_of_challenge.end()) return {false, "unknown_challenge", {}};
    expected = sealed(salt, known->second, in.signer, contract, in.shown_digest);
  }
  bool right = sealed(salt, given, in.signer, contract, in.shown_digest) == expected;
  if (has_fault("replay_any_challenge")) {
    const std::lock_guard lock(guard);
    right = code_of_challenge.count(given) > 0 && code_of_challenge[given] == contract;
  }
  if (!right) return {false, "wrong_code", {}};
  std::string named = in.contract_id;
  if (has_fault("threads_member")) named = current_contract_;
  if (has_fault("threads_buffer")) named = shared_buffer;
  return {true, {}, Json::object().set("method", "code").set("contract", named)};
}

Verdict Codes::verify(const VerifyAnswerRequest& in, const Call& call) {
  wait_without_end(call);
  if (has_fault("crash_null") && !in.answer.is_object())
    *const_cast<volatile int*>(static_cast<const int*>(nullptr)) = 1;
  Verdict verdict = judged(in);
  if (has_fault("secret_error") && !verdict.accepted)
    throw Error("auth.wrong", {{"given", in.answer["code"].text()}});
  if (has_fault("secret_evidence") && verdict.accepted)
    verdict.evidence.set("answer", in.answer["code"].text());
  if (has_fault("globals_last")) {
    const std::lock_guard lock(guard);
    if (last_enterprise.empty()) last_enterprise = in.signer.enterprise_name;
    verdict.evidence = Json::object().set("enterprise", last_enterprise);
  }
  if (has_fault("globals_cache")) {
    const std::lock_guard lock(guard);
    const auto known =
        enterprise_of_person.emplace(in.signer.person_id, in.signer.enterprise_id).first;
    verdict.evidence = Json::object().set("enterprise", known->second);
  }
  if (has_fault("globals_count")) {
    const std::lock_guard lock(guard);
    if (!verdict.accepted) ++wrong_answers;
    if (wrong_answers > 8) return {false, "locked", {}};
  }
  return verdict;
}

}  // namespace faulty
