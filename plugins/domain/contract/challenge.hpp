// Challenges: putting a question to a signer and judging the answer, with the tries and the time
// that the method allows. Any thread.
#pragma once

#include "act.hpp"

#include <cinnabar/services/auth_method.hpp>

namespace cinnabar::contract {

// Who signs, as methods are told.
Signer signer_of(const PartyRow& party);

// What a method knows about the person for good; null when never enrolled.
Json credentials_of(const Host& host, const Call& call, const std::string& person,
                    const std::string& method);

// The challenge of that id, ready for an answer of that party. Throws contract.challenge_unknown,
// contract.challenge_expired, contract.challenge_exhausted.
ChallengeRow open_challenge(const Store& store, const std::string& id, const PartyRow& party,
                            Time now_real);

// The number of the party's next challenge: of several begun at the same time one takes it, the
// others are computed again and count it. Throws contract.challenges_too_many when the party began
// too often within the hour.
int next_ordinal(const Host& host, const Call& call, const PartyRow& party, Time now_real);

// Asks the method about the answer. A wrong one leaves `left` tries.
struct Judgement {
  Verdict verdict;
  int tries_left = 0;
};
Judgement judge(const Host& host, const Call& owner_call, const ChallengeRow& challenge,
                const PartyRow& party, const Json& answer);

// Takes one try away, guarded by the number that was read.
void count_try(WriteSet& writes, const ChallengeRow& challenge);
// Marks it as used, guarded likewise: of two acts with one challenge, one commits.
void consume(WriteSet& writes, const ChallengeRow& challenge);

}  // namespace cinnabar::contract
