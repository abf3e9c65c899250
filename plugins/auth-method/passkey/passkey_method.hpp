// Signing authentication by passkey (SIG-1, W3C WebAuthn): the signatory's device verifies its user
// and signs a challenge that is bound to contract, digest and person. What the signatory agreed to
// can be checked again from the evidence, without this server. Any thread.
#pragma once

#include <cinnabar/host.hpp>
#include <cinnabar/services/auth_method.hpp>
#include <cinnabar/webauthn/ceremony.hpp>

#include <functional>

namespace cinnabar {

struct PasskeyConfig {
  std::string rp_id = "localhost";
  std::string rp_name = "Cinnabar";
  std::vector<std::string> origins;
};
CINNABAR_DESCRIBE(PasskeyConfig, (rp_id, length(1, 253)), (rp_name, length(1, 100)),
                  (origins, items(0, 50)))

inline constexpr std::size_t kPasskeysMax = 20;  // of one person

class PasskeyMethod : public AuthMethod {
 public:
  // `random`: so many bytes, unpredictable. `now`: the real clock.
  PasskeyMethod(std::function<std::string(std::size_t)> random, std::function<Time()> now)
      : random_(std::move(random)), now_(std::move(now)) {}

  // answer {"name", "client_data", "attestation"}, the parts in base64url: adds a passkey to those
  // that are kept. answer {"remove": id} takes one away.
  Enrolment enrol(const EnrolRequest&, const Call&) override;
  Challenge begin(const BeginRequest&, const Call&) override;
  // answer {"credential_id", "client_data", "authenticator_data", "signature"}, in base64url.
  Verdict verify(const VerifyAnswerRequest&, const Call&) override;
  Challenge begin_enrolment(const BeginRequest&, const Call&) override;
  AuthMethodInfo about(const AuthMethodInfoRequest&, const Call&) override;

 private:
  std::function<std::string(std::size_t)> random_;
  std::function<Time()> now_;
};

}  // namespace cinnabar
