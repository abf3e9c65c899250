// The contract's hook points: what scripts of an enterprise see of a contract, and where they may
// decide. Gates run for the contract's owner and for the acting side; both must allow. Any thread.
#pragma once

#include "model.hpp"

#include <cinnabar/services/domain.hpp>
#include <cinnabar/services/hooks.hpp>

namespace cinnabar::contract {

struct HookParty {
  std::string id;
  std::string kind;
  std::string name;
  std::string enterprise_name;
  int position = 1;
  std::string state;
};
CINNABAR_DESCRIBE(HookParty, id, (kind, doc("enterprise or person")), (name, personal),
                  enterprise_name, position, (state, doc("waiting, filled, signed or refused")))

struct HookControl {
  std::string id;
  std::string party;
  std::string kind;
  std::string label;
  Json value;
};
CINNABAR_DESCRIBE(HookControl, id, party, kind, label, (value, doc("Absent while it is empty.")))

struct HookContract {
  std::string id;
  std::string name;
  std::string state;
  std::string order;
  std::string owner;
  std::string initiator;
  Time deadline;
  std::optional<double> amount;
  std::string watermark;
  Json data;
  Json values;
  std::vector<HookParty> parties;
  std::vector<HookControl> controls;
};
CINNABAR_DESCRIBE(
    HookContract, id, name, state, order, (owner, doc("Tenant the contract belongs to.")),
    (initiator, doc("Person who drafts it.")), deadline,
    (amount, doc("What a control named amount prints, else data.amount; absent: no number.")),
    watermark, (data, doc("Custom data of the draft.")),
    (values, doc("Filled values by control id.")), parties, (controls, items(0, kControlsMax)))

// What every hook point gets: ctx.contract.name, ctx.contract.amount, ctx.party, ...
struct ContractHookInput {
  HookContract contract;
  std::string party;
  std::string method;
};
CINNABAR_DESCRIBE(ContractHookInput, contract,
                  (party, doc("Id of the party that acts; empty: the initiator.")),
                  (method, doc("Signing authentication method; when signing.")))

inline constexpr const char* kBeforeInitiate = "contract.before_initiate";
inline constexpr const char* kBeforeSend = "contract.before_send";
inline constexpr const char* kBeforeFill = "contract.before_fill";
inline constexpr const char* kBeforeSign = "contract.before_sign";
inline constexpr const char* kAfterSend = "contract.after_send";
inline constexpr const char* kAfterSign = "contract.after_sign";
inline constexpr const char* kAfterComplete = "contract.after_complete";

// All of them, for the plugin's description.
std::vector<HookPointInfo> hook_points();

// What the owner's script sees.
ContractHookInput hook_input(const Contract& contract, const std::string& party = {},
                             const std::string& method = {});

// Asks the owner's script and, where it is somebody else, that of the acting tenant, which sees
// neither the custom data nor what others have not handed in. Amendments of the owner's script are
// applied where the point allows them. Throws "hook.denied", "hook.failed".
void run_gate(const Host& host, const Call& call, const char* point, Contract& contract,
              const std::string& acting_tenant, const ContractHookInput& input);

// Tells the owner's script what happened; a script that fails is logged.
void run_notice(const Host& host, const Call& call, const char* point, const Contract& contract,
                const ContractHookInput& input);

// Sets what a script amended: /contract/name, /contract/watermark, /contract/data. Throws
// contract.amendment_invalid.
void amend(Contract& contract, const std::map<std::string, Json>& set);

}  // namespace cinnabar::contract
