// cinnabar.auth-method/1: how a person proves, at the moment of signing, to be the signatory.
//
// A method keeps nothing: what it must remember between begin and verify is `state`, which the
// platform stores, never shows, counts tries on and lets expire; what it must know about a person
// for good are `credentials`, made by enrol. Stable since 1.0. Thread-safety: any thread.
#pragma once

#include <cinnabar/service.hpp>

namespace cinnabar {

struct Signer {
  std::string person_id;
  std::string name;
  std::string mobile;
  std::string enterprise_id;  // acting for; empty: for oneself
  std::string enterprise_name;
};
CINNABAR_DESCRIBE(Signer, person_id, (name, personal), (mobile, personal), enterprise_id,
                  enterprise_name)

struct EnrolRequest {
  Signer signer;
  Json answer;  // what the person gives: for a password {"password": "..."}
  // Of a method whose enrolment was begun: the state of that challenge, and what is kept already.
  Json state{};
  Json credentials{};
};
CINNABAR_DESCRIBE(EnrolRequest, signer, (answer, secret), (state, secret), (credentials, secret))

// Kept with the person, opaque to the platform. Errors: auth.enrolment_refused with a reason.
struct Enrolment {
  Json credentials;
};
CINNABAR_DESCRIBE(Enrolment, (credentials, secret))

struct BeginRequest {
  Signer signer;
  std::string contract_id;
  std::string shown_digest;  // hex SHA-256 of what was shown to the signer
  Json credentials;          // null when the person never enrolled
  std::string locale;
  // What it is for, where it is not a signature: "sign_in". Then there is no digest, and the
  // contract's place holds the id of what is answered.
  std::string purpose{};
};
CINNABAR_DESCRIBE(BeginRequest, signer, contract_id, shown_digest, (credentials, secret), locale,
                  purpose)

// Something to deliver to the signer outside of this conversation.
struct Delivery {
  std::string to;        // mobile number
  std::string text;      // may hold a code; the platform delivers it and forgets it
};
CINNABAR_DESCRIBE(Delivery, (to, personal), (text, secret))

struct Challenge {
  Json prompt;                    // for the client: {"input": "code", "digits": 6}
  Json state;                     // for verify
  std::optional<Delivery> delivery;
  std::int64_t expires_in_s = 300;
  int tries = 3;
};
CINNABAR_DESCRIBE(Challenge, prompt, (state, secret), delivery, expires_in_s, tries)

struct VerifyAnswerRequest {
  Signer signer;
  std::string contract_id;
  std::string shown_digest;
  Json state;
  Json credentials;
  Json answer;  // what the signer gives: {"code": "123456"}
};
CINNABAR_DESCRIBE(VerifyAnswerRequest, signer, contract_id, shown_digest, (state, secret),
                  (credentials, secret), (answer, secret))

struct Verdict {
  bool accepted = false;
  std::string reason;  // stable, when not accepted: "wrong_code"
  Json evidence;       // goes into the evidence of the act; no secrets
};
CINNABAR_DESCRIBE(Verdict, accepted, reason, evidence)

// What a method that keeps several credentials of a person says of them.
struct AuthMethodInfoRequest {
  Json credentials;
};
CINNABAR_DESCRIBE(AuthMethodInfoRequest, (credentials, secret))
struct KeptCredential {
  std::string id;
  std::string name;
  Time created;
};
CINNABAR_DESCRIBE(KeptCredential, id, name, created)
struct AuthMethodInfo {
  std::vector<KeptCredential> kept;
};
CINNABAR_DESCRIBE(AuthMethodInfo, kept)

class AuthMethod {
 public:
  using Interface = AuthMethod;
  virtual ~AuthMethod() = default;
  virtual Enrolment enrol(const EnrolRequest&, const Call&) = 0;
  virtual Challenge begin(const BeginRequest&, const Call&) = 0;
  virtual Verdict verify(const VerifyAnswerRequest&, const Call&) = 0;
  // For methods that ask before they enrol, and keep several of a person: the answer then comes to
  // enrol with the state and with what is kept. Never called of methods that did not begin one.
  virtual Challenge begin_enrolment(const BeginRequest&, const Call&) {
    throw Error("auth.enrolment_at_once", {}, {}, CINNABAR_UNSUPPORTED);
  }
  virtual AuthMethodInfo about(const AuthMethodInfoRequest&, const Call&) { return {}; }
};
CINNABAR_SERVICE(AuthMethod, "cinnabar.auth-method/1", enrol, begin, verify, begin_enrolment, about)

}  // namespace cinnabar
