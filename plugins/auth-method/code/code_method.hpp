// The one-time code (SIG-3): six digits, five minutes, three tries. What is kept between begin and
// verify is a keyed hash of the code; the code itself is in the delivery only. Any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/auth_method.hpp>

#include <functional>

namespace cinnabar {

class CodeMethod : public AuthMethod {
 public:
  // `random`: so many bytes, unpredictable. `now`: milliseconds of the real clock.
  CodeMethod(std::function<std::string(std::size_t)> random, std::function<std::int64_t()> now)
      : random_(std::move(random)), now_(std::move(now)) {}

  Enrolment enrol(const EnrolRequest&, const Call&) override;
  Challenge begin(const BeginRequest&, const Call&) override;
  Verdict verify(const VerifyAnswerRequest&, const Call&) override;

 private:
  std::string make_code() const;

  std::function<std::string(std::size_t)> random_;
  std::function<std::int64_t()> now_;
};

}  // namespace cinnabar
