// @title@: a person proves, at the moment of signing, to be the signatory by a code that the
// platform delivers to them. Keeps nothing itself: what verify must know is the challenge's state,
// which the platform stores, never shows, counts tries on and uses up. Thread-safety: any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/auth_method.hpp>

namespace @ident@_plugin {

// As the manifest's `config` describes it. Every call carries the enterprise's own.
struct Settings {
  int digits = 6;
  std::int64_t expires_in_s = 300;
};
CINNABAR_DESCRIBE(Settings, (digits, range(4, 8)), (expires_in_s, range(60, 900)))

class @Class@ final : public cinnabar::AuthMethod {
 public:
  explicit @Class@(cinnabar::Host& host) : host_(host) {}

  // For methods that a person sets up once: check `answer`, return what to keep as credentials.
  cinnabar::Enrolment enrol(const cinnabar::EnrolRequest&, const cinnabar::Call&) override;
  cinnabar::Challenge begin(const cinnabar::BeginRequest&, const cinnabar::Call&) override;
  cinnabar::Verdict verify(const cinnabar::VerifyAnswerRequest&, const cinnabar::Call&) override;

 private:
  std::string make_code(int digits) const;

  cinnabar::Host& host_;
};

}  // namespace @ident@_plugin
