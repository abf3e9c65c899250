#include "ending.hpp"

#include "digest.hpp"
#include "hook_orders.hpp"
#include "notices.hpp"
#include "viewing.hpp"

namespace cinnabar::contract {
namespace {

void end(Act& act, const Transition& transition, Json data, const Host& host, const Call& call) {
  act.move(transition);
  act.event(event_type(transition), std::move(data));
  act.writes.merge(send_messages(host, call, act.contract.row.owner, end_messages(act.contract)));
}

// Why, and which documents it was about.
Json reason_of(const Contract& contract, const std::vector<DocumentRow>& documents,
               const Reason& in) {
  return Json::object()
      .set("reason", commitment(salt_of(contract.row.salt, "reason"), in.reason))
      .set("shown_digest", shown_digest(documents))
      .set("documents", document_digests(documents));
}

}  // namespace

Answer<ContractView> Ending::refuse(const Reason& in, const Request& request) {
  const Repository repository = office_.repository(request);
  const Contract before = repository.contract(request.object().id);
  const PartyRow& me = acting_party(before, request.subject());
  Act act(office_.host, request.call, before, actor_of(request));
  const Transition& transition =
      step(before.row.state, Command::refuse, facts_of(before, request.subject(), act.now()));
  const auto orders = run_gate(
      office_.host, request.call, kBeforeRefuse, act.contract, request.subject().owner(),
      {.party = me.id, .person = request.subject().person, .reason = in.reason});
  PartyRow& party = act.party(me.id);
  party.state = party_step(party.state, Command::refuse);
  act.save(party);
  act.contract.row.reason = in.reason;
  const auto documents = repository.documents(before.row.id);
  end(act, transition, reason_of(before, documents, in).set("party", me.id), office_.host,
      request.call);
  carry_out(office_.host, request.call, orders, act);
  return answer_of(office_, request, act.contract, std::move(act.writes), documents);
}

Answer<ContractView> Ending::revoke(const Reason& in, const Request& request) {
  const Repository repository = office_.repository(request);
  const Contract before = repository.contract(request.object().id);
  Act act(office_.host, request.call, before, actor_of(request));
  const Transition& transition =
      step(before.row.state, Command::revoke, facts_of(before, request.subject(), act.now()));
  const auto orders =
      run_gate(office_.host, request.call, kBeforeRevoke, act.contract, before.row.owner,
               {.person = request.subject().person, .reason = in.reason});
  act.contract.row.reason = in.reason;
  const auto documents = repository.documents(before.row.id);
  end(act, transition, reason_of(before, documents, in), office_.host, request.call);
  carry_out(office_.host, request.call, orders, act);
  return answer_of(office_, request, act.contract, std::move(act.writes), documents);
}

WriteSet Ending::expire(const JobCall& job, const Call& call) {
  const auto before = Repository(office_.host, call, job.owner).find(job.data["contract"].text());
  if (!before || at_rest(before->row.state)) return {};
  Act act(office_.host, call, *before, {});
  if (act.now() < before->row.deadline) {  // the clock was set back: come again
    act.writes.jobs.push_back(
        {"expire", before->row.owner, "", before->row.deadline, job.data, {}});
    return std::move(act.writes);
  }
  Facts facts;
  facts.overdue = true;
  end(act, step(before->row.state, Command::expire, facts), Json::object(), office_.host, call);
  return std::move(act.writes);
}

WriteSet Ending::remind(const JobCall& job, const Call& call) {
  const auto contract = Repository(office_.host, call, job.owner).find(job.data["contract"].text());
  if (!contract || at_rest(contract->row.state)) return {};
  return send_messages(office_.host, call, contract->row.owner, reminder_messages(*contract));
}

}  // namespace cinnabar::contract
