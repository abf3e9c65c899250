// The signing password (签署密码, IDN-7): six digits, kept as an Argon2id hash; the platform counts
// wrong tries. Any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/auth_method.hpp>

#include <functional>

namespace cinnabar {

class PasswordMethod : public AuthMethod {
 public:
  // `random`: so many bytes, unpredictable. `now`: milliseconds of the real clock.
  PasswordMethod(std::function<std::string(std::size_t)> random, std::function<std::int64_t()> now)
      : random_(std::move(random)), now_(std::move(now)) {}

  Enrolment enrol(const EnrolRequest&, const Call&) override;
  Challenge begin(const BeginRequest&, const Call&) override;
  Verdict verify(const VerifyAnswerRequest&, const Call&) override;

 private:
  std::function<std::string(std::size_t)> random_;
  std::function<std::int64_t()> now_;
};

struct PasswordConfig {
  bool refuse_simple = false;  // 111111, 123456, 654321
};
CINNABAR_DESCRIBE(PasswordConfig, refuse_simple)

// Why it is no signing password; empty: it is one.
std::string password_fault(std::string_view password, const PasswordConfig& config);

}  // namespace cinnabar
