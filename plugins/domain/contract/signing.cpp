#include "signing.hpp"

#include "archiving.hpp"
#include "attempts.hpp"
#include "challenge.hpp"
#include "hook_orders.hpp"
#include "notices.hpp"
#include "sealing.hpp"
#include "viewing.hpp"

#include <cinnabar/services/organisation.hpp>

#include <algorithm>

namespace cinnabar::contract {
namespace {

// Facts with what will be so after this party signed.
Facts signing_facts(const Contract& contract, const SubjectInfo& subject, const PartyRow& me,
                    Time now) {
  Facts facts = facts_of(contract, subject, now);
  facts.signatures_missing = std::any_of(
      contract.parties.begin(), contract.parties.end(), [&](const PartyRow& party) {
        return party.id != me.id && party.state != PartyState::signed_;
      });
  return facts;
}

// Who left the enterprise no longer signs for it.
void check_membership(const Host& host, const Call& call, const PartyRow& party) {
  if (party.kind != PartyKind::enterprise) return;
  if (!host.service<Organisation>(call).membership({party.enterprise, party.person}).member)
    throw Error("contract.handler_not_member",
                {{"name", party.name}, {"enterprise", party.enterprise_name}});
}

Error changed(const Contract& contract, const std::string& digest) {
  return Error("contract.changed", {{"state", std::string(name_of(contract.row.state))},
                                    {"version", std::to_string(contract.row.version)},
                                    {"shown_digest", digest}});
}

Json signature_facts(const std::vector<SignatureRow>& rows,
                     const std::vector<DocumentRow>& documents) {
  Json out = Json::array();
  for (const SignatureRow& row : rows) {
    const auto& segments = documents.at(static_cast<std::size_t>(row.number) - 1).segments;
    out.add(Json::object()
                .set("document", row.number)
                .set("segment", row.segment)
                .set("content", segments.at(static_cast<std::size_t>(row.segment)).blob)
                .set("level", row.level)
                .set("digest", row.digest)
                .set("certificate_sha256", row.certificate_sha256)
                .set("serial", row.serial)
                .set("timestamp", row.stamped)
                .set("archived", row.archived));
  }
  return out;
}

}  // namespace

Answer<SigningChallenge> Signing::begin(const BeginSigning& in, const Request& request) {
  const Host& host = office_.host;
  const Repository repository = office_.repository(request);
  const Contract contract = repository.contract(request.object().id);
  const PartyRow& me = acting_party(contract, request.subject());
  party_step(me.state, Command::sign);
  step(contract.row.state, Command::sign,
       signing_facts(contract, request.subject(), me, host.now()));
  check_membership(host, request.call, me);
  if (std::count(me.auth_methods.begin(), me.auth_methods.end(), in.method) == 0)
    throw Error("contract.method_not_allowed", {{"method", in.method}}, "/method");
  Attempts(host, request.call, me.person, in.method).require_allowed();
  const Time now_real = host.now(Clock::real);
  const int ordinal = next_ordinal(host, request.call, me, now_real);

  const CallAs as(request.call, contract.row.owner);
  const Call owner_call = as.call();
  const std::string digest = shown_digest(repository.documents(contract.row.id));
  const Challenge asked = host.service<AuthMethod>(owner_call, in.method)
                              .begin({signer_of(me), contract.row.id, digest,
                                      credentials_of(host, owner_call, me.person, in.method),
                                      std::string(request.call.locale())});
  ChallengeRow row{host.new_id("chl"), contract.row.owner, contract.row.id, me.id, ordinal,
                   me.person, in.method, digest, contract.row.version, asked.state, asked.tries,
                   false, now_real, Time{now_real.ms + asked.expires_in_s * 1000}};
  Act act(host, request.call, contract, actor_of(request));
  repository.store().insert(act.writes, kChallenges, row);
  act.event(
      "contract.signing_begun",
      Json::object()
          .set("party", me.id)
          .set("challenge", row.id)
          .set("method", in.method)
          .set("shown_digest", digest));
  if (asked.delivery) {
    Notification message;
    message.kind = "auth.code";
    message.person = me.person;
    message.enterprise = me.enterprise;
    message.mobile = asked.delivery->to;
    message.title = "签署验证码";
    message.text = asked.delivery->text;
    message.contract = contract.row.id;
    act.writes.merge(send_messages(host, request.call, contract.row.owner, {message}));
  }
  Answer<SigningChallenge> answer;
  answer.body = {row.id,      row.method,     asked.prompt, row.shown_digest,
                 row.version, row.tries_left, row.expires};
  answer.writes = std::move(act.writes);
  return answer;
}

Answer<ContractView> Signing::sign(const SignContract& in, const Request& request) {
  const Host& host = office_.host;
  const Repository repository = office_.repository(request);
  const Contract before = repository.contract(request.object().id);
  const PartyRow& me = acting_party(before, request.subject());
  party_step(me.state, Command::sign);
  const Transition& transition =
      step(before.row.state, Command::sign,
           signing_facts(before, request.subject(), me, host.now()));
  check_membership(host, request.call, me);
  const std::string digest = shown_digest(repository.documents(before.row.id));
  if (in.shown_digest != digest || in.version != before.row.version) throw changed(before, digest);
  const ChallengeRow challenge =
      open_challenge(repository.store(), in.challenge_id, me, host.now(Clock::real));
  if (challenge.shown_digest != digest || challenge.version != before.row.version)
    throw changed(before, digest);

  const Attempts attempts(host, request.call, me.person, challenge.method);
  attempts.require_allowed();

  const CallAs as(request.call, before.row.owner);
  const Call owner_call = as.call();
  Act act(host, request.call, before, actor_of(request));
  const Judgement judged = judge(host, owner_call, challenge, me, in.answer);
  if (!judged.verdict.accepted) {
    count_try(act.writes, challenge);
    attempts.failed(act.writes);
    act.event("contract.authentication_failed", Json::object()
                                                    .set("party", me.id)
                                                    .set("challenge", challenge.id)
                                                    .set("method", challenge.method)
                                                    .set("shown_digest", digest)
                                                    .set("reason", judged.verdict.reason));
    const int left = std::min(judged.tries_left, attempts.left_after_failure());
    Answer<ContractView> refused;
    refused.problem = Error(
        "contract.answer_wrong",
        {{"reason", judged.verdict.reason}, {"tries_left", std::to_string(left)}}, "/answer");
    refused.writes = std::move(act.writes);
    return refused;
  }
  HookAct asked{.party = me.id, .person = request.subject().person, .method = challenge.method};
  asked.find_seals = [&] {
    return Sealing(host, owner_call, office_.config, before, me).intended_seals(in.marks);
  };
  contract::carry_out(host, request.call,
            run_gate(host, request.call, kBeforeSign, act.contract, request.subject().owner(),
                     asked),
            act);

  attempts.succeeded(act.writes);
  return carry_out(std::move(act), me, transition, challenge, judged.verdict.evidence, in, request);
}

Answer<ContractView> Signing::carry_out(Act act, const PartyRow& me, const Transition& transition,
                                        const ChallengeRow& challenge, const Json& evidence,
                                        const SignContract& in, const Request& request) {
  const Host& host = office_.host;
  const Repository repository = office_.repository(request);
  const Contract before = act.contract;
  const CallAs as(request.call, before.row.owner);
  const Call owner_call = as.call();
  Sealing sealing(host, owner_call, office_.config, before, me);
  sealing.take_seals(in.marks, act.writes);
  auto documents = repository.documents(before.row.id);
  std::vector<SignatureRow> signatures;
  for (DocumentRow& document : documents) {
    const FrozenRow frozen = repository.frozen(before.row.id, document.number);
    for (SignatureRow& row : sealing.sign(document, frozen, challenge, evidence, act.writes)) {
      repository.store().insert(act.writes, kSignatures, row);
      signatures.push_back(std::move(row));
    }
    repository.store().update(act.writes, kDocuments, document, "contract = ? AND number = ?",
                              {before.row.id, document.number});
  }
  consume(act.writes, challenge);
  PartyRow& party = act.party(me.id);
  party.state = party_step(party.state, Command::sign);
  party.signed_at = act.now();
  act.save(party);
  act.move(transition);
  Json seals = Json::array();
  for (const std::string& id : sealing.seal_ids()) seals.add(id);
  const std::string digest = shown_digest(documents);
  act.event(event_type(transition), Json::object()
                                  .set("party", me.id)
                                  .set("challenge", challenge.id)
                                  .set("method", challenge.method)
                                  .set("evidence", evidence)
                                  .set("shown_digest", in.shown_digest)
                                  .set("seals", std::move(seals))
                                  .set("signatures", signature_facts(signatures, documents))
                                  .set("documents", document_digests(documents))
                                  .set("digest", digest));
  if (transition.to == State::completed) {
    act.event("contract.completed", Json::object().set("digest", digest));
    Archiving(office_).begin(act, owner_call, sealing.archives());
  }
  act.writes.merge(send_messages(host, request.call, before.row.owner,
                                 transition.effects & kTell
                                     ? end_messages(act.contract)
                                     : turn_messages(act.contract, &before)));
  return answer_of(office_, request, act.contract, std::move(act.writes), documents);
}

}  // namespace cinnabar::contract
