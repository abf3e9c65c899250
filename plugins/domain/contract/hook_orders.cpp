#include "hook_orders.hpp"

#include "notices.hpp"

namespace cinnabar::contract {
namespace {

constexpr const char* kInitiator = "initiator";

Error invalid(const HookOrder& order, const std::string& reason) {
  return Error("contract.hook_order_invalid",
               {{"command", order.command.name}, {"point", order.point}, {"reason", reason}});
}

HookNotify notify_of(const HookOrder& order) {
  if (order.command.name != "notify") throw invalid(order, "there is no such command");
  try {
    return from_json<HookNotify>(to_json(order.command.arguments), Reading::strict);
  } catch (const Error& error) {
    throw invalid(order, error.what());
  }
}

// Whom it means, if that is one of the tenant's own side.
std::optional<PartyRow> receiver(const Contract& contract, const std::string& tenant,
                                 const std::string& to) {
  if (to == kInitiator && tenant == contract.row.owner) return initiator_of(contract);
  for (const PartyRow& party : contract.parties)
    if (party.id == to && party.grantee() == tenant && !party.person.empty()) return party;
  return std::nullopt;
}

void carry_out_one(const Host& host, const Call& call, const HookOrder& order, Act& act) {
  const HookNotify in = notify_of(order);
  const auto to = receiver(act.contract, order.tenant, in.to);
  if (!to) throw invalid(order, "'" + in.to + "' is nobody of the script's own side");
  act.writes.merge(send_messages(
      host, call, order.tenant,
      {message_to(act.contract, *to, "contract.hook_notice", in.title, in.text)}));
  act.event("contract.hook_order", Json::object()
                                       .set("command", order.command.name)
                                       .set("point", order.point)
                                       .set("tenant", order.tenant)
                                       .set("script", order.script)
                                       .set("to", in.to));
}

}  // namespace

void carry_out(const Host& host, const Call& call, const std::vector<HookOrder>& orders, Act& act) {
  for (const HookOrder& order : orders) carry_out_one(host, call, order, act);
}

WriteSet carried_out(const Host& host, const Call& call, const Contract& contract,
                     const std::vector<HookOrder>& orders) {
  Act act(host, call, contract, {});
  for (const HookOrder& order : orders) {
    try {
      carry_out_one(host, call, order, act);
    } catch (const Error& error) {
      if (error.status() != CINNABAR_REFUSED) throw;
      host.log(Level::warning, "the script of " + order.tenant + ": " + error.what());
    }
  }
  return std::move(act.writes);
}

}  // namespace cinnabar::contract
