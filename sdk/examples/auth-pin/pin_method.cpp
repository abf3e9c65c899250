#include "pin_method.hpp"

#include <cinnabar/password_hash.hpp>

namespace example {

using namespace cinnabar;

namespace {

constexpr std::size_t kDigitsMax = 12;
constexpr int kTries = 3;
constexpr std::int64_t kExpiresInS = 180;

bool is_pin(std::string_view pin, int digits_min) {
  return pin.size() >= static_cast<std::size_t>(digits_min) && pin.size() <= kDigitsMax &&
         pin.find_first_not_of("0123456789") == std::string_view::npos;
}

// 1111, 1234, 4321: each digit a fixed step from the one before.
bool is_simple(std::string_view pin) {
  const int step = pin[1] - pin[0];
  if (step < -1 || step > 1) return false;
  for (std::size_t i = 2; i < pin.size(); ++i)
    if (pin[i] - pin[i - 1] != step) return false;
  return true;
}

}  // namespace

Enrolment PinMethod::enrol(const EnrolRequest& in, const Call& call) {
  const int digits_min = call.config<PinConfig>().digits_min;
  const std::string& pin = in.answer["pin"].text();
  if (!is_pin(pin, digits_min))
    throw Error("pin.too_short", {{"digits_min", std::to_string(digits_min)}}, "/answer/pin");
  if (is_simple(pin)) throw Error("pin.too_simple", {}, "/answer/pin");
  return {Json::object().set("hash", hash_password(pin, random_(kPasswordSaltSize)))};
}

Challenge PinMethod::begin(const BeginRequest& in, const Call&) {
  if (in.credentials["hash"].text().empty()) throw Error("pin.not_enrolled");
  Challenge out;
  out.prompt = Json::object().set("input", "pin");
  // The answer is good for what was shown, and for nothing else.
  out.state = Json::object().set("contract", in.contract_id).set("shown", in.shown_digest);
  out.state.set("until", now_() + kExpiresInS * 1'000);
  out.expires_in_s = kExpiresInS;
  out.tries = kTries;
  return out;
}

Verdict PinMethod::verify(const VerifyAnswerRequest& in, const Call&) {
  if (in.state["contract"].text() != in.contract_id || in.state["shown"].text() != in.shown_digest)
    return {false, "other_document", {}};
  if (in.state["until"].integer() < now_()) return {false, "expired", {}};
  if (!password_matches(in.answer["pin"].text(), in.credentials["hash"].text()))
    return {false, "wrong_pin", {}};
  return {true, {}, Json::object().set("method", "pin").set("shown", in.shown_digest)};
}

}  // namespace example
