// Signing in without a password: an authentication method asks, the person answers. What is asked
// of a number that nobody has looks, and takes, the same. Wrong answers are counted in the row, so
// that however many come at once, on however many servers, no more than the method allows are ever
// judged. Values of one call; not shared between threads.
#pragma once

#include "sessions.hpp"

namespace cinnabar {

// SIG-3.
inline constexpr int kSignInsPerNumberMax = 10;          // a day
inline constexpr int kSignInsPerAddressMax = 60;         // an hour
inline constexpr std::int64_t kSignInWindowMs = 3'600'000;

struct BeginSignIn {
  std::string mobile;
  std::string method;
  std::string acting_for;
};
CINNABAR_DESCRIBE(BeginSignIn, (mobile, required, personal, length(5, 21), format("mobile")),
                  (method, length(0, 64), doc("Absent: code.")),
                  (acting_for, length(0, 64), doc("Enterprise to act for; empty: for oneself.")))

struct SignInBegun {
  std::string sign_in;
  Json prompt;
  Time expires;
  int tries = 0;
};
CINNABAR_DESCRIBE(SignInBegun, sign_in, (prompt, doc("For `code`: how many digits are asked.")),
                  expires, tries)

struct SignInAnswer {
  Json answer;
  bool cookie = false;
};
CINNABAR_DESCRIBE(SignInAnswer,
                  (answer, required, secret, doc("For `code`: {\"code\": \"123456\"}.")),
                  (cookie, doc("The token comes as a cookie for browsers.")))

class SignIns {
 public:
  // `methods`: those that may sign somebody in.
  SignIns(const Host& host, const Call& call, std::vector<std::string> methods)
      : host_(host), call_(call), store_(host, call, {}), methods_(std::move(methods)) {}

  // Throws "organisation.method_unknown", "organisation.too_many_sign_ins".
  Answer<SignInBegun> begin(const BeginSignIn& in, const std::string& address) const;
  // Throws "organisation.sign_in_unknown"; a wrong answer is counted.
  Answer<SessionView> finish(const std::string& id, const SignInAnswer& in,
                             std::int64_t lifetime_ms, SessionOrigin origin) const;

 private:
  SignInRow counted(const std::string& mobile, const std::string& address) const;

  const Host& host_;
  const Call& call_;
  Store store_;
  const std::vector<std::string> methods_;
};

}  // namespace cinnabar
