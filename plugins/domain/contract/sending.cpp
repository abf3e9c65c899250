#include "sending.hpp"

#include "controls.hpp"
#include "digest.hpp"
#include "drafts.hpp"
#include "hook_orders.hpp"
#include "notices.hpp"
#include "preflight.hpp"

#include <set>
#include <algorithm>
#include <set>

namespace cinnabar::contract {
namespace {

constexpr std::int64_t kReminderBeforeMs = 86'400'000;

bool values_missing(const Contract& contract) {
  return std::any_of(contract.parties.begin(), contract.parties.end(), [&](const PartyRow& party) {
    return party.state == PartyState::waiting && has_to_fill(contract, party);
  });
}

// The first fault, with the number of those behind it.
[[noreturn]] void refuse(const std::vector<Error>& faults) {
  ErrorParams params = faults.front().params();
  if (faults.size() > 1) params.emplace_back("more_faults", std::to_string(faults.size() - 1));
  throw Error(faults.front().code(), std::move(params), faults.front().pointer());
}

JobDraft job(const Contract& contract, const char* kind, Time at) {
  JobDraft draft;
  draft.kind = kind;
  draft.owner = contract.row.owner;
  draft.key = contract.row.id;
  draft.run_at = at;
  draft.data = Json::object().set("contract", contract.row.id);
  return draft;
}

// Takes the values over into the party's row. Throws with the pointer of the fault.
void take_values(const Contract& contract, PartyRow& party,
                 const std::map<std::string, Json>& values) {
  for (const auto& [id, value] : values) {
    const std::string place = "/values/" + id;
    const Control* control = contract.control(id);
    if (!control || control->party != party.id || !is_fill(control->kind))
      throw Error("contract.control_not_yours", {{"control", id}}, place);
    Json checked = checked_value(*control, value, place);
    if (checked.is_null())
      party.answers.erase(id);
    else
      party.answers[id] = std::move(checked);
  }
}

}  // namespace

Answer<ContractView> Sending::send(const Request& request) {
  const Host& host = office_.host;
  Contract contract = office_.repository(request).contract(request.object().id);
  Facts facts = facts_of(contract, request.subject(), host.now());
  facts.values_missing = values_missing(contract);
  const Transition& transition = step(contract.row.state, Command::send, facts);
  const auto orders = run_gate(host, request.call, kBeforeSend, contract, contract.row.owner,
                               {.person = request.subject().person});
  require_deadline(contract.row.deadline, office_.config, host.now());
  Preflight checked = preflight(host, request.call, contract);
  if (!checked.faults.empty()) refuse(checked.faults);

  Act act(host, request.call, contract, actor_of(request));
  act.writes.merge(std::move(checked.writes));
  act.contract.row.sent = act.now();
  act.move(transition);
  open(act, request.call);
  carry_out(host, request.call, orders, act);
  Freezer freezer(host, request.call, office_.config, office_.platform);
  std::vector<DocumentRow> documents;
  if (transition.effects & kFreeze) {
    documents = freezer.freeze(act, checked.sizes);
  } else {
    check_timestamps(host, request.call, office_.config);
    freezer.rehearse(act.contract, checked.sizes);
  }
  act.writes.merge(send_messages(host, request.call, contract.row.owner,
                                 turn_messages(act.contract, nullptr)));
  return answer_of(office_, request, act.contract, std::move(act.writes), documents);
}

// Opens the contract to its parties and makes sure that it ends.
void Sending::open(Act& act, const Call& call) {
  const Contract& contract = act.contract;
  const Store store(office_.host, call, contract.row.owner);
  // A hook may have amended what is agreed.
  store.update(act.writes, kContents, contract.content, "contract = ?", {contract.row.id});
  const std::string& root = contract.row.salt;
  Json parties = Json::array();
  for (const PartyRow& party : contract.parties) {
    act.save(party);
    parties.add(Json::object()
                    .set("party", party.id)
                    .set("person", party.person)
                    .set("enterprise", party.enterprise)
                    .set("name", commitment(salt_of(root, party.id + "/name"), party.name))
                    .set("mobile", commitment(salt_of(root, party.id + "/mobile"), party.mobile)));
  }
  std::set<std::pair<std::string, std::string>> opened;
  for (const PartyRow& party : contract.parties)
    if (opened.emplace(party.grantee(), party.person).second)
      act.open_to(party.grantee(), "party", party.person);
  act.writes.jobs.push_back(job(contract, "expire", contract.row.deadline));
  const Time reminder{contract.row.deadline.ms - kReminderBeforeMs};
  if (act.now() < reminder) act.writes.jobs.push_back(job(contract, "remind", reminder));
  act.event("contract.sent", Json::object()
                                 .set("name", commitment(salt_of(root, "name"), contract.row.name))
                                 .set("deadline", to_rfc3339(contract.row.deadline))
                                 .set("parties", std::move(parties)));
}

Answer<ContractView> Sending::fill(const FillValues& values, const Request& request) {
  const Host& host = office_.host;
  const Contract before = office_.repository(request).contract(request.object().id);
  const PartyRow& me = acting_party(before, request.subject());
  Act act(host, request.call, before, actor_of(request));
  PartyRow& party = act.party(me.id);
  const PartyState filled = party_step(party.state, Command::fill);
  take_values(before, party, values.values);
  const bool hands_in = !values.save_only;
  if (hands_in) party.filled_at = act.now();  // from here on its values are for all to see
  const auto orders =
      run_gate(host, request.call, kBeforeFill, act.contract, request.subject().owner(),
               {.party = party.id, .person = request.subject().person});

  if (hands_in) {
    const auto missing = missing_values(act.contract, &party);
    if (!missing.empty())
      throw Error("contract.value_missing", {{"control", missing.front()}},
                  "/values/" + missing.front());
    party.state = filled;
  }
  Facts facts = facts_of(before, request.subject(), act.now());
  facts.values_missing = values_missing(act.contract);
  const Transition& transition = step(before.row.state, Command::fill, facts);
  act.save(party);
  act.move(transition);
  Json ids = Json::array();
  for (const auto& [id, value] : values.values) ids.add(id);
  act.event(hands_in ? event_type(transition) : "contract.values_saved",
            Json::object().set("party", party.id).set("controls", std::move(ids)));
  carry_out(host, request.call, orders, act);

  const CallAs as(request.call, before.row.owner);
  const Call owner_call = as.call();
  Freezer freezer(host, owner_call, office_.config, office_.platform);
  const SealSizes sizes = seal_sizes(host, request.call, act.contract);
  std::vector<DocumentRow> documents;
  if (transition.effects & kFreeze)
    documents = freezer.freeze(act, sizes);
  else if (hands_in)
    freezer.rehearse(act.contract, sizes);  // who typed what cannot be drawn is told so now
  act.writes.merge(send_messages(host, request.call, before.row.owner,
                                 turn_messages(act.contract, &before)));
  return answer_of(office_, request, act.contract, std::move(act.writes), documents);
}

}  // namespace cinnabar::contract
