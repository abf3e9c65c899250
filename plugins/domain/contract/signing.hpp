// Signing: the party is challenged, proves its identity, and with one act signs all documents of
// the contract in all its areas. What was shown is what is signed: the digest and the version that
// the signer saw must be those of now. Any thread.
#pragma once

#include "view.hpp"

#include <cinnabar/services/auth_method.hpp>

namespace cinnabar::contract {

struct BeginSigning {
  std::string method;
};
CINNABAR_DESCRIBE(BeginSigning, (method, required, length(1, 64), format("id"),
                                 doc("One of the party's auth_methods.")))

struct SigningChallenge {
  std::string challenge_id;
  std::string method;
  Json prompt;
  std::string shown_digest;
  std::int64_t version = 0;
  int tries = 0;
  Time expires;
};
CINNABAR_DESCRIBE(SigningChallenge, challenge_id, method,
                  (prompt, doc("What the method asks for.")),
                  (shown_digest, doc("Of what the signer is shown; to be sent back.")), version,
                  tries, expires)

struct MarkChoice {
  std::string control;
  std::string seal;
};
CINNABAR_DESCRIBE(MarkChoice, (control, required, length(1, 64), format("id")),
                  (seal, required, length(1, 64), format("id")))

struct SignContract {
  std::string challenge_id;
  Json answer;
  std::string shown_digest;
  std::int64_t version = 0;
  std::vector<MarkChoice> marks;
};
CINNABAR_DESCRIBE(SignContract, (challenge_id, required, length(1, 64), format("id")),
                  (answer, required, secret), (shown_digest, required, length(64, 64)),
                  (version, required),
                  (marks, doc("Which seal goes where; areas not named get the party's default.")))

class Signing {
 public:
  explicit Signing(Office& office) : office_(office) {}

  Answer<SigningChallenge> begin(const BeginSigning& in, const Request& request);
  Answer<ContractView> sign(const SignContract& in, const Request& request);

 private:
  // Everything of the act but the question whether it may be done.
  Answer<ContractView> carry_out(Act act, const PartyRow& me, const Transition& transition,
                                 const ChallengeRow& challenge, const Json& evidence,
                                 const SignContract& in, const Request& request);

  Office& office_;
};

}  // namespace cinnabar::contract
