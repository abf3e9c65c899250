#include "hooks.hpp"

#include "amount.hpp"
#include "controls.hpp"

namespace cinnabar::contract {
namespace {

Json input_json(const ContractHookInput& input) { return from_json<Json>(to_json(input)); }

// The contract as the tenant's script may see it: the custom data is for the owner's alone, and a
// value that is not handed in yet for that of its party while it acts.
ContractHookInput input_for(const Contract& contract, const std::string& tenant,
                            const std::string& party, const std::string& method) {
  HookContract out;
  out.id = contract.row.id;
  out.name = contract.row.name;
  out.state = name_of(contract.row.state);
  out.order = name_of(contract.row.ordering);
  out.owner = contract.row.owner;
  out.initiator = contract.row.initiator;
  out.deadline = contract.row.deadline;
  out.watermark = contract.content.watermark;
  if (tenant == contract.row.owner) {
    out.data = contract.content.data;
    out.amount = number_in(out.data[kAmount]);
  }
  out.values = Json::object();
  for (const PartyRow& p : contract.parties)
    out.parties.push_back({p.id, std::string(name_of(p.kind)), p.name, p.enterprise_name,
                           p.position, std::string(name_of(p.state))});
  const PartyRow* acting = contract.party(party);
  const PartyRow* me = acting && acting->grantee() == tenant ? acting : nullptr;
  for (const Control& control : contract.content.controls) {
    const Json& value = value_for(contract, control, me);
    if (!value.is_null()) out.values.set(control.id, value);
    // What is printed is what is agreed.
    if (control.id == kAmount && !value.is_null()) out.amount = number_in(value);
    out.controls.push_back({control.id, control.party, std::string(name_of(control.kind)),
                            control.label, value});
  }
  return {std::move(out), party, method};
}

}  // namespace

std::vector<HookPointInfo> hook_points() {
  const std::vector<std::string> amendable{"/contract/name", "/contract/watermark",
                                           "/contract/data"};
  return {
      {kBeforeInitiate, "Before a draft is made or replaced.", true, "", amendable},
      {kBeforeSend, "Before a contract goes out.", true, "", amendable},
      {kBeforeFill, "Before a party's values are taken.", true, "", {}},
      {kBeforeSign, "Before a party signs or seals, after it proved its identity.", true, "", {}},
      {kAfterSend, "After a contract went out.", false, "", {}},
      {kAfterSign, "After a party signed.", false, "", {}},
      {kAfterComplete, "After the last party signed.", false, "", {}},
  };
}

ContractHookInput hook_input(const Contract& contract, const std::string& party,
                             const std::string& method) {
  return input_for(contract, contract.row.owner, party, method);
}

void run_gate(const Host& host, const Call& call, const char* point, Contract& contract,
              const std::string& acting_tenant, const ContractHookInput& input) {
  const CallAs owner(call, contract.row.owner);
  const Call owner_call = owner.call();
  amend(contract, host.service<Hooks>(owner_call).run({point, input_json(input)}).set);
  if (acting_tenant == contract.row.owner) return;
  const CallAs acting(call, acting_tenant);
  const Call acting_call = acting.call();
  const ContractHookInput seen = input_for(contract, acting_tenant, input.party, input.method);
  host.service<Hooks>(acting_call).run({point, input_json(seen)});
}

void run_notice(const Host& host, const Call& call, const char* point, const Contract& contract,
                const ContractHookInput& input) {
  const CallAs owner(call, contract.row.owner);
  const Call owner_call = owner.call();
  try {
    host.service<Hooks>(owner_call).run({point, input_json(input)});
  } catch (const Error& error) {
    host.log(Level::warning, std::string(point) + " of " + contract.row.id + ": " + error.what());
  }
}

void amend(Contract& contract, const std::map<std::string, Json>& set) {
  constexpr std::int64_t kNameMax = 200, kWatermarkMax = 50;
  const auto text = [](const std::string& pointer, const Json& value, std::int64_t most) {
    if (!value.is_text() || detail::characters_of(value.text()) > most ||
        !detail::fits_format("line", value.text()))
      throw Error("contract.amendment_invalid", {{"pointer", pointer}});
    return value.text();
  };
  for (const auto& [pointer, value] : set) {
    if (pointer == "/contract/name" && !value.text().empty())
      contract.row.name = text(pointer, value, kNameMax);
    else if (pointer == "/contract/watermark")
      contract.content.watermark = text(pointer, value, kWatermarkMax);
    else if (pointer == "/contract/data")
      contract.content.data = value;
    else
      throw Error("contract.amendment_invalid", {{"pointer", pointer}});
  }
}

}  // namespace cinnabar::contract
