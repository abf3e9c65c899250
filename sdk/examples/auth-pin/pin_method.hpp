// Signing by PIN: the person sets one once; at each signature it is asked for and compared with its
// Argon2id hash. Keeps nothing itself: the platform keeps credentials and challenges, counts tries
// and lets challenges expire, which the method looks at once more. Thread-safety: any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/auth_method.hpp>

#include <functional>

namespace example {

// As the manifest's `config` describes it; an enterprise sets it through the API.
struct PinConfig {
  int digits_min = 6;
};
CINNABAR_DESCRIBE(PinConfig, (digits_min, range(4, 12)))

class PinMethod : public cinnabar::AuthMethod {
 public:
  using Random = std::function<std::string(std::size_t)>;  // so many unpredictable bytes

  using Now = std::function<std::int64_t()>;  // milliseconds of the real clock

  PinMethod(Random random, Now now) : random_(std::move(random)), now_(std::move(now)) {}

  cinnabar::Enrolment enrol(const cinnabar::EnrolRequest& in, const cinnabar::Call& call) override;
  cinnabar::Challenge begin(const cinnabar::BeginRequest& in, const cinnabar::Call& call) override;
  cinnabar::Verdict verify(const cinnabar::VerifyAnswerRequest& in,
                           const cinnabar::Call& call) override;

 private:
  Random random_;
  Now now_;
};

}  // namespace example
