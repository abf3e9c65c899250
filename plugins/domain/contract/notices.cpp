#include "notices.hpp"

#include <algorithm>

namespace cinnabar::contract {
namespace {

std::string quoted(const Contract& contract) { return "《" + contract.row.name + "》"; }

struct EndText {
  const char* kind;
  const char* title;
  std::string text;
};

EndText end_text(const Contract& contract) {
  const std::string name = quoted(contract);
  const std::string reason =
      contract.row.reason.empty() ? "。" : "，理由：" + contract.row.reason + "。";
  switch (contract.row.state) {
    case State::completed:
      return {"contract.completed", "合同已签署完成", "合同" + name + "已由各方签署完成。"};
    case State::rejected:
      return {"contract.rejected", "合同已被拒签", "合同" + name + "已被拒签" + reason};
    case State::revoked:
      return {"contract.revoked", "合同已被撤销", "合同" + name + "已被发起方撤销" + reason};
    default:
      return {"contract.expired", "合同已过期", "合同" + name + "未在截止时间前签署完成，已过期。"};
  }
}

bool was_asked(const Contract* before, const Contract& contract, const std::string& party) {
  if (!before || before->row.state != contract.row.state) return false;
  const auto asked_before = asked(*before);
  return std::any_of(asked_before.begin(), asked_before.end(),
                     [&](std::size_t i) { return before->parties[i].id == party; });
}

}  // namespace

Notification message_to(const Contract& contract, const PartyRow& party, std::string kind,
                        std::string title, std::string text) {
  Notification message;
  message.kind = std::move(kind);
  message.person = party.person;
  message.mobile = party.mobile;
  message.enterprise = party.enterprise;
  message.title = std::move(title);
  message.text = std::move(text);
  message.link = "/contracts/" + contract.row.id;
  message.contract = contract.row.id;
  message.data = Json::object()
                     .set("contract", contract.row.id)
                     .set("name", contract.row.name)
                     .set("state", name_of(contract.row.state))
                     .set("party", party.id);
  return message;
}

PartyRow initiator_of(const Contract& contract) {
  PartyRow party;
  party.person = contract.row.initiator;
  if (contract.row.owner != contract.row.initiator) party.enterprise = contract.row.owner;
  return party;
}

std::vector<Notification> turn_messages(const Contract& contract, const Contract* before) {
  const bool fill = contract.row.state == State::filling;
  std::vector<Notification> out;
  for (const std::size_t i : asked(contract)) {
    const PartyRow& party = contract.parties[i];
    if (was_asked(before, contract, party.id)) continue;
    out.push_back(message_to(contract, party, fill ? "contract.fill_turn" : "contract.sign_turn",
                             fill ? "有合同待您填写" : "有合同待您签署",
                             "合同" + quoted(contract) + (fill ? "待您填写。" : "待您签署。")));
  }
  return out;
}

std::vector<Notification> end_messages(const Contract& contract) {
  const EndText text = end_text(contract);
  std::vector<PartyRow> receivers = contract.parties;
  const PartyRow initiator = initiator_of(contract);
  if (std::none_of(receivers.begin(), receivers.end(), [&](const PartyRow& party) {
        return party.person == initiator.person && party.enterprise == initiator.enterprise;
      }))
    receivers.push_back(initiator);
  std::vector<Notification> out;
  for (const PartyRow& party : receivers)
    if (!party.person.empty())
      out.push_back(message_to(contract, party, text.kind, text.title, text.text));
  return out;
}

std::vector<Notification> reminder_messages(const Contract& contract) {
  std::vector<Notification> out;
  for (const std::size_t i : asked(contract))
    out.push_back(message_to(contract, contract.parties[i], "contract.expiring",
                             "合同即将到期", "合同" + quoted(contract) + "将在一天内截止，请尽快处理。"));
  return out;
}

WriteSet send_messages(const Host& host, const Call& call, const std::string& owner,
                       std::vector<Notification> messages) {
  if (messages.empty()) return {};
  const CallAs as(call, owner);
  const Call owner_call = as.call();
  return host.service<Notifier>(owner_call).notify({std::move(messages)}).writes;
}

}  // namespace cinnabar::contract
