#include "drafts.hpp"

#include "controls.hpp"
#include "hooks.hpp"
#include "preflight.hpp"

#include <set>

namespace cinnabar::contract {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::size_t kSaltSize = 16;

Time deadline_of(const ContractDraft& draft, const Config& config, Time now) {
  if (!draft.deadline) return Time{now.ms + config.deadline_default_days * kDayMs};
  require_deadline(*draft.deadline, config, now);
  return *draft.deadline;
}

PartyRow party_row(const PartyDraft& draft, int seat, Ordering order, const Config& config) {
  const std::string place = "/parties/" + std::to_string(seat);
  PartyRow party;
  party.id = draft.id.empty() ? "p" + std::to_string(seat + 1) : draft.id;
  party.seat = seat;
  party.kind = draft.kind;
  party.name = draft.name;
  party.mobile = draft.mobile;
  party.enterprise_name = draft.enterprise_name;
  party.position = draft.position.value_or(order == Ordering::sequential ? seat + 1 : 1);
  party.auth_methods = draft.auth_methods.empty() ? config.auth_methods : draft.auth_methods;
  const auto& never = config.methods_never_alone;
  if (std::all_of(party.auth_methods.begin(), party.auth_methods.end(), [&](const auto& method) {
        return std::count(never.begin(), never.end(), method) > 0;
      }))
    throw Error("contract.methods_on_device", {{"party", party.id}}, place + "/auth_methods");
  if (party.kind == PartyKind::enterprise && party.enterprise_name.empty())
    throw Error("contract.enterprise_name_missing", {{"party", party.id}},
                place + "/enterprise_name");
  if (party.kind == PartyKind::person && !party.enterprise_name.empty())
    throw Error("contract.enterprise_name_unexpected", {{"party", party.id}},
                place + "/enterprise_name");
  return party;
}

// The files of a draft, if they lie within the reach of who draws it up. What the draft held
// already may stay.
std::vector<FileRow> files_within(const Request& request, const Repository& repository,
                                  const std::vector<std::string>& ids,
                                  const std::vector<std::string>& held) {
  auto files = repository.files(ids);
  for (std::size_t i = 0; i < files.size(); ++i)
    if (!std::count(held.begin(), held.end(), files[i].id) &&
        !reaches(request, files[i].uploader, files[i].department))
      throw Error("contract.file_unknown", {{"file", files[i].id}}, "/files/" + std::to_string(i));
  return files;
}

}  // namespace

void require_deadline(Time deadline, const Config& config, Time now) {
  const Time latest{now.ms + config.deadline_max_days * kDayMs};
  if (deadline.ms <= now.ms) throw Error("contract.deadline_passed", {}, "/deadline");
  if (latest < deadline)
    throw Error("contract.deadline_too_far", {{"latest", to_rfc3339(latest)}}, "/deadline");
}

Contract compose(const ContractDraft& draft, ContractRow row, const std::vector<FileRow>& files,
                 const Config& config, Time now) {
  Contract contract;
  contract.row = std::move(row);
  contract.row.name = draft.name;
  contract.row.ordering = draft.order;
  contract.row.deadline = deadline_of(draft, config, now);
  contract.content.contract = contract.row.id;
  contract.content.owner = contract.row.owner;
  contract.content.files = draft.files;
  contract.content.controls = draft.controls;
  contract.content.watermark = draft.watermark;
  contract.content.data = draft.data;
  if (static_cast<int>(draft.parties.size()) > config.parties_max)
    throw Error("contract.too_many_parties", {{"most", std::to_string(config.parties_max)}},
                "/parties");
  std::set<std::string> ids;
  for (const PartyDraft& given : draft.parties) {
    const int seat = static_cast<int>(contract.parties.size());
    PartyRow party = party_row(given, seat, draft.order, config);
    if (!ids.insert(party.id).second)
      throw Error("contract.party_duplicate", {{"party", party.id}},
                  "/parties/" + std::to_string(seat) + "/id");
    party.contract = contract.row.id;
    party.owner = contract.row.owner;
    contract.parties.push_back(std::move(party));
  }
  check_controls(contract, files);
  return contract;
}

Answer<ContractView> Drafts::create(const ContractDraft& draft, const Request& request) {
  const Host& host = office_.host;
  const std::string owner = request.subject().owner();
  const Repository repository(host, request.call, owner);
  ContractRow row;
  row.id = host.new_id("con");
  row.owner = owner;
  row.initiator = request.subject().person;
  row.created = row.updated = host.now();
  row.salt = to_hex(host.random(kSaltSize));
  Contract contract =
      compose(draft, std::move(row), files_within(request, repository, draft.files, {}),
              office_.config, host.now());
  run_gate(host, request.call, kBeforeInitiate, contract, owner,
           {.person = request.subject().person});
  require_deadline(contract.row.deadline, office_.config, host.now());

  Act act(host, request.call, contract, actor_of(request));
  act.write_all(false);
  act.event("contract.drafted");
  act.open_to(owner, "owner", request.subject().person);
  auto answer = answer_of(office_, request, act.contract, std::move(act.writes), {});
  answer.location = "/api/v1/contracts/" + contract.row.id;
  return answer;
}

Answer<ContractView> Drafts::replace(const ContractDraft& draft, const Request& request) {
  const Host& host = office_.host;
  const Repository repository = office_.repository(request);
  const Contract before = repository.contract(request.object().id);
  if (!request.http.if_match.empty() &&
      request.http.if_match != std::to_string(before.row.version))
    throw Error("contract.changed", {{"state", std::string(name_of(before.row.state))},
                                     {"version", std::to_string(before.row.version)},
                                     {"shown_digest", ""}});
  const Transition& transition = step(before.row.state, Command::replace,
                                      facts_of(before, request.subject(), host.now()));
  Contract contract = compose(
      draft, before.row, files_within(request, repository, draft.files, before.content.files),
      office_.config, host.now());
  run_gate(host, request.call, kBeforeInitiate, contract, contract.row.owner,
           {.person = request.subject().person});
  require_deadline(contract.row.deadline, office_.config, host.now());
  Act act(host, request.call, contract, actor_of(request));
  act.write_all(true);
  act.event(event_type(transition));
  return answer_of(office_, request, act.contract, std::move(act.writes), {});
}

Answer<Nothing> Drafts::discard(const Request& request) {
  const Contract before = office_.repository(request).contract(request.object().id);
  const Transition& transition = step(before.row.state, Command::discard,
                                      facts_of(before, request.subject(), office_.host.now()));
  Act act(office_.host, request.call, before, actor_of(request));
  run_gate(office_.host, request.call, kBeforeDiscard, act.contract, before.row.owner,
           {.person = request.subject().person});
  act.event(event_type(transition));
  act.erase();
  return {{}, std::move(act.writes)};
}

Answer<PreflightView> Drafts::preflight(const Request& request) {
  Contract contract = office_.repository(request).contract(request.object().id);
  step(contract.row.state, Command::send,
       facts_of(contract, request.subject(), Time{contract.row.deadline.ms - 1}));
  Preflight checked = contract::preflight(office_.host, request.call, contract);
  if (checked.faults.empty()) {
    try {
      check_timestamps(office_.host, request.call, office_.config);
      Freezer(office_.host, request.call, office_.config, office_.platform)
          .rehearse(contract, checked.sizes);
    } catch (const Error& error) {
      checked.faults.push_back(error);
    }
  }
  Answer<PreflightView> answer;
  answer.body.ready = checked.faults.empty();
  for (const Error& fault : checked.faults)
    answer.body.faults.push_back(
        {fault.code(), fault.pointer(), {fault.params().begin(), fault.params().end()}});
  return answer;
}

}  // namespace cinnabar::contract
