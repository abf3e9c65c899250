// The contract's hook points: what scripts of an enterprise see of a contract, and where they may
// decide. Gates run for the contract's owner and for the acting side; both must allow. Any thread.
#pragma once

#include "model.hpp"

#include <cinnabar/hook_calls.hpp>
#include <cinnabar/services/domain.hpp>

#include <functional>

namespace cinnabar::contract {

struct HookParty {
  std::string id;
  std::string kind;
  std::string name;
  std::string enterprise_name;
  int position = 1;
  std::string state;
  std::string person;
  std::string enterprise;
};
CINNABAR_DESCRIBE(HookParty, id, (kind, doc("enterprise or person")), (name, personal),
                  enterprise_name, position, (state, doc("waiting, filled, signed or refused")),
                  (person, doc("Id; absent until the contract is sent.")),
                  (enterprise, doc("Id; absent until the contract is sent, and for persons.")))

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
  std::string person;
  std::string method;
  std::string reason;
  std::vector<std::string> seals;
  std::string form;
};
CINNABAR_DESCRIBE(ContractHookInput, contract,
                  (party, doc("Id of the party that acts; absent: the initiator's side, or time.")),
                  (person, doc("Id of who acts; absent: time.")),
                  (method, doc("Signing authentication method; when signing.")),
                  (reason, personal, doc("Why; when refusing or revoking.")),
                  (seals, doc("Ids: when signing, of the seals that are put on, those that are "
                              "usual where none is chosen included; after it, those used.")),
                  (form, doc("When the content is taken: document, page, text or evidence.")))

inline constexpr const char* kBeforeInitiate = "contract.before_initiate";
inline constexpr const char* kBeforeDiscard = "contract.before_discard";
inline constexpr const char* kBeforeSend = "contract.before_send";
inline constexpr const char* kBeforeFill = "contract.before_fill";
inline constexpr const char* kBeforeSign = "contract.before_sign";
inline constexpr const char* kBeforeRefuse = "contract.before_refuse";
inline constexpr const char* kBeforeRevoke = "contract.before_revoke";
inline constexpr const char* kBeforeDownload = "contract.before_download";

// All of them, for the plugin's description.
std::vector<HookPointInfo> hook_points();
// The notice that follows an event of this type; null: none does.
const char* notice_after(std::string_view event_type);
// The events that notices follow.
std::vector<std::string> noticed_events();

// Who acts, and how.
struct HookAct {
  std::string party{};
  std::string person{};
  std::string method{};
  std::string reason{};
  std::vector<std::string> seals{};
  std::string form{};
  // Instead of `seals`, where it costs something to find them.
  std::function<std::vector<std::string>()> find_seals{};
};

// A command that a script gave, and whose script it was.
struct HookOrder {
  std::string tenant;
  std::string script;
  std::string point;
  HookCommand command;
};

// Asks the owner's script and, where it is somebody else, that of the acting tenant, which sees
// neither the custom data nor what others have not handed in. Amendments of the owner's script are
// applied where the point allows them. Returns what they order (hook_orders.hpp). Throws
// "hook.denied", "hook.failed".
std::vector<HookOrder> run_gate(const Host& host, const Call& call, const char* point,
                                Contract& contract, const std::string& acting_tenant,
                                const HookAct& act);

// What everybody who takes the content of a contract passes, in whatever form, once it was sent.
// Throws as run_gate does.
void ask_download(const Host& host, const Call& call, Contract& contract,
                  const SubjectInfo& subject, const std::string& form);

// Tells the owner's script what happened; a script that fails is logged.
std::vector<HookOrder> run_notice(const Host& host, const Call& call, const char* point,
                                  const Contract& contract, const HookAct& act);

// Sets what a script amended: /contract/name, /contract/watermark, /contract/data,
// /contract/deadline. Throws contract.amendment_invalid.
void amend(Contract& contract, const std::map<std::string, Json>& set);

}  // namespace cinnabar::contract
