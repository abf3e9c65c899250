#include "challenge.hpp"

#include <cinnabar/services/organisation.hpp>

namespace cinnabar::contract {

Signer signer_of(const PartyRow& party) {
  return {party.person, party.name, party.mobile, party.enterprise, party.enterprise_name};
}

Json credentials_of(const Host& host, const Call& call, const std::string& person,
                    const std::string& method) {
  return host.service<Organisation>(call).credentials({person, method}).credentials;
}

ChallengeRow open_challenge(const Store& store, const std::string& id, const PartyRow& party,
                            Time now_real) {
  auto row = store.find(kChallenges, "id = ? AND contract = ? AND party = ? AND person = ?",
                        {id, party.contract, party.id, party.person});
  if (!row || row->used) throw Error("contract.challenge_unknown", {}, "/challenge_id");
  if (row->tries_left <= 0) throw Error("contract.challenge_exhausted", {}, "/challenge_id");
  if (row->expires < now_real) throw Error("contract.challenge_expired", {}, "/challenge_id");
  return std::move(*row);
}

int next_ordinal(const Host& host, const Call& call, const PartyRow& party, Time now_real) {
  constexpr std::int64_t kHourMs = 3'600'000;
  const Rows rows = host.query(
      call,
      "SELECT COALESCE(MAX(ordinal), 0), COUNT(CASE WHEN created > ? THEN 1 END) "
      "FROM contract_challenge WHERE contract = ? AND party = ?",
      {now_real.ms - kHourMs, party.contract, party.id});
  const auto& counts = rows.rows.at(0);
  if (counts[1].integer() >= kChallengesPerHourMax)
    throw Error("contract.challenges_too_many", {{"most", std::to_string(kChallengesPerHourMax)}});
  return static_cast<int>(counts[0].integer()) + 1;
}

Judgement judge(const Host& host, const Call& owner_call, const ChallengeRow& challenge,
                const PartyRow& party, const Json& answer) {
  VerifyAnswerRequest request;
  request.signer = signer_of(party);
  request.contract_id = party.contract;
  request.shown_digest = challenge.shown_digest;
  request.state = challenge.secret;
  request.credentials = credentials_of(host, owner_call, party.person, challenge.method);
  request.answer = answer;
  return {host.service<AuthMethod>(owner_call, challenge.method).verify(request),
          challenge.tries_left - 1};
}

void count_try(WriteSet& writes, const ChallengeRow& challenge) {
  writes.run(
      "UPDATE contract_challenge SET tries_left = ? WHERE id = ? AND tries_left = ? AND used = 0",
      {challenge.tries_left - 1, challenge.id, challenge.tries_left}, 1);
}

void consume(WriteSet& writes, const ChallengeRow& challenge) {
  writes.run(
      "UPDATE contract_challenge SET used = 1 WHERE id = ? AND tries_left = ? AND used = 0",
      {challenge.id, challenge.tries_left}, 1);
}

}  // namespace cinnabar::contract
