// Notices: who is told what. Messages are part of the act's write-set, so that they go out if and
// only if the act commits. Any thread.
#pragma once

#include "order.hpp"

#include <cinnabar/services/notifier.hpp>

namespace cinnabar::contract {

Notification message_to(const Contract& contract, const PartyRow& party, std::string kind,
                        std::string title, std::string text);

// The initiator, as a party that signs nothing.
PartyRow initiator_of(const Contract& contract);

// Messages to those whose turn it is in the contract's present state and was not in `before`;
// before null: to all of them.
std::vector<Notification> turn_messages(const Contract& contract, const Contract* before);

// Messages to everybody that the contract ended, as its state says.
std::vector<Notification> end_messages(const Contract& contract);

// A reminder to those who are asked, a day before the deadline.
std::vector<Notification> reminder_messages(const Contract& contract);

// The write-set that sends them.
WriteSet send_messages(const Host& host, const Call& call, const std::string& owner,
                       std::vector<Notification> messages);

}  // namespace cinnabar::contract
