#include "hooks.hpp"

#include "amount.hpp"
#include "controls.hpp"
#include "party.hpp"

namespace cinnabar::contract {
namespace {

// What happened, and the point at which scripts are told.
struct Notice {
  const char* event;
  const char* point;
  const char* doc;
};
constexpr Notice kNotices[] = {
    {"contract.drafted", "contract.after_initiate", "After a draft was made or replaced."},
    {"contract.sent", "contract.after_send", "After a contract went out."},
    {"contract.filled", "contract.after_fill", "After a party handed its values in."},
    {"contract.signed", "contract.after_sign", "After a party signed."},
    {"contract.completed", "contract.after_complete", "After the last party signed."},
    {"contract.refused", "contract.after_refuse", "After a party refused."},
    {"contract.revoked", "contract.after_revoke", "After the initiator's side revoked."},
    {"contract.expired", "contract.after_expire", "After the deadline passed."},
    {"contract.downloaded", "contract.after_download", "After the document was downloaded."}};

// The contract as the tenant's script may see it: the custom data is for the owner's alone, and a
// value that is not handed in yet for that of its party while it acts.
ContractHookInput input_for(const Contract& contract, const std::string& tenant,
                            const HookAct& act) {
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
                           p.position, std::string(name_of(p.state)), p.person, p.enterprise});
  const PartyRow* acting = contract.party(act.party);
  const PartyRow* me = acting && acting->grantee() == tenant ? acting : nullptr;
  for (const Control& control : contract.content.controls) {
    const Json& value = value_for(contract, control, me);
    if (!value.is_null()) out.values.set(control.id, value);
    // What is printed is what is agreed.
    if (control.id == kAmount && !value.is_null()) out.amount = number_in(value);
    out.controls.push_back({control.id, control.party, std::string(name_of(control.kind)),
                            control.label, value});
  }
  return {std::move(out), act.party,  act.person,
          act.method,     act.reason, act.find_seals ? act.find_seals() : act.seals,
          act.form};
}

void add_orders(const HookDecision& decision, const std::string& tenant, const char* point,
                std::vector<HookOrder>& orders) {
  for (const HookCommand& command : decision.commands)
    orders.push_back({tenant, decision.script, point, command});
}

}  // namespace

std::vector<HookPointInfo> hook_points() {
  const std::vector<std::string> draft{"/contract/name", "/contract/watermark", "/contract/data",
                                       "/contract/deadline"};
  std::vector<std::string> draft_and_notify = draft;
  const std::vector<std::string> notify{"/commands/notify"};
  draft_and_notify.push_back(notify.front());
  std::vector<HookPointInfo> points{
      {kBeforeInitiate, "Before a draft is made or replaced.", true, "", draft},
      {kBeforeDiscard, "Before a draft is thrown away.", true, "", {}},
      {kBeforeSend, "Before a contract goes out.", true, "", draft_and_notify},
      {kBeforeFill, "Before a party's values are taken.", true, "", notify},
      {kBeforeSign, "Before a party signs or seals, after it proved its identity.", true, "",
       notify},
      {kBeforeRefuse, "Before a party refuses.", true, "", notify},
      {kBeforeRevoke, "Before the initiator's side revokes.", true, "", notify},
      {kBeforeDownload,
       "Before the content is taken: as a document, a page, text or evidence.",
       true,
       "",
       {}}};
  for (const Notice& notice : kNotices)
    points.push_back({notice.point, notice.doc, false, "", notify});
  return points;
}

const char* notice_after(std::string_view event_type) {
  for (const Notice& notice : kNotices)
    if (notice.event == event_type) return notice.point;
  return nullptr;
}

std::vector<std::string> noticed_events() {
  std::vector<std::string> events;
  for (const Notice& notice : kNotices) events.emplace_back(notice.event);
  return events;
}

std::vector<HookOrder> run_gate(const Host& host, const Call& call, const char* point,
                                Contract& contract, const std::string& acting_tenant,
                                const HookAct& act) {
  std::vector<HookOrder> orders;
  const std::string& owner = contract.row.owner;
  const auto seen_by = [&](const std::string& tenant) {
    return [&contract, &tenant, &act] { return input_for(contract, tenant, act); };
  };
  const HookDecision ours = ask_hook(host, call, owner, point, seen_by(owner));
  add_orders(ours, owner, point, orders);
  amend(contract, ours.set);
  if (acting_tenant == owner) return orders;
  add_orders(ask_hook(host, call, acting_tenant, point, seen_by(acting_tenant)), acting_tenant,
             point, orders);
  return orders;
}

void ask_download(const Host& host, const Call& call, Contract& contract,
                  const SubjectInfo& subject, const std::string& form) {
  if (!contract.row.sent) return;
  const PartyRow* me = party_of(contract, subject);
  run_gate(host, call, kBeforeDownload, contract, subject.owner(),
           {.party = me ? me->id : "", .person = subject.person, .form = form});
}

std::vector<HookOrder> run_notice(const Host& host, const Call& call, const char* point,
                                  const Contract& contract, const HookAct& act) {
  std::vector<HookOrder> orders;
  const std::string& owner = contract.row.owner;
  add_orders(tell_hook(host, call, owner, point, [&] { return input_for(contract, owner, act); }),
             owner, point, orders);
  return orders;
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
    else if (const auto time = from_rfc3339(value.text()); pointer == "/contract/deadline" && time)
      contract.row.deadline = *time;
    else
      throw Error("contract.amendment_invalid", {{"pointer", pointer}});
  }
}

}  // namespace cinnabar::contract
