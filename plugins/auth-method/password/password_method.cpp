#include "password_method.hpp"

#include <cinnabar/password_hash.hpp>

namespace cinnabar {
namespace {

constexpr std::size_t kDigits = 6;
constexpr int kTries = 5;
constexpr std::int64_t kExpiresInS = 300;

bool steps_by(std::string_view digits, int step) {
  for (std::size_t i = 1; i < digits.size(); ++i)
    if (digits[i] - digits[i - 1] != step) return false;
  return true;
}

}  // namespace

std::string password_fault(std::string_view password, const PasswordConfig& config) {
  if (password.size() != kDigits ||
      password.find_first_not_of("0123456789") != std::string_view::npos)
    return "a signing password is six digits";
  for (const int step : {0, 1, -1})
    if (config.refuse_simple && steps_by(password, step))
      return "six equal or consecutive digits are too easy to guess; choose others";
  return {};
}

Enrolment PasswordMethod::enrol(const EnrolRequest& in, const Call& call) {
  const std::string& password = in.answer["password"].text();
  const std::string fault = password_fault(password, call.config<PasswordConfig>());
  if (!fault.empty())
    throw Error("auth.enrolment_refused", {{"reason", fault}}, "/answer/password");
  Enrolment out;
  out.credentials = Json::object().set("hash", hash_password(password, random_(kPasswordSaltSize)));
  return out;
}

Challenge PasswordMethod::begin(const BeginRequest& in, const Call&) {
  if (in.credentials["hash"].text().empty()) throw Error("auth.not_enrolled");
  Challenge out;
  out.prompt = Json::object().set("input", "password").set("digits", static_cast<int>(kDigits));
  // What the answer will be for: the same password says nothing of another contract or version.
  out.state = Json::object().set("contract", in.contract_id).set("shown", in.shown_digest);
  out.state.set("until", now_() + kExpiresInS * 1'000);
  out.expires_in_s = kExpiresInS;
  out.tries = kTries;
  return out;
}

Verdict PasswordMethod::verify(const VerifyAnswerRequest& in, const Call&) {
  if (in.state["contract"].text() != in.contract_id || in.state["shown"].text() != in.shown_digest)
    return {false, "other_document", {}};
  if (in.state["until"].integer(INT64_MAX) < now_()) return {false, "expired", {}};
  if (!password_matches(in.answer["password"].text(), in.credentials["hash"].text()))
    return {false, "wrong_password", {}};
  return {true, {}, Json::object().set("method", "password").set("shown", in.shown_digest)};
}

}  // namespace cinnabar
