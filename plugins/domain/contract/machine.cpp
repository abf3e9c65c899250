#include "machine.hpp"

namespace cinnabar::contract {
// The life of a contract. The first row that fits applies. Whatever carries a contract on, or
// refuses it, is taken until the deadline only (see must_be_in_time).
const std::vector<Transition>& machine() {
  using enum State;
  using enum Command;
  using enum Who;
  using enum When;
  static const std::vector<Transition> kMachine{
      // clang-format off
    // from    command  who      when          to         effects                  event
    {draft,   replace, owner,   always,       draft,     kNothing,                "drafted"},
    {draft,   discard, owner,   always,       draft,     kForget,                 "discarded"},
    {draft,   send,    owner,   more_values,  filling,   kOpen | kCall,           "sent"},
    {draft,   send,    owner,   no_values,    signing,   kOpen | kFreeze | kCall, "sent"},
    {filling, fill,    in_turn, more_values,  filling,   kCall,                   "filled"},
    {filling, fill,    in_turn, no_values,    signing,   kFreeze | kCall,         "filled"},
    {filling, refuse,  party,   always,       rejected,  kTell | kEnd,            "refused"},
    {filling, revoke,  owner,   always,       revoked,   kTell | kEnd,            "revoked"},
    {filling, expire,  clock,   always,       expired,   kTell | kEnd,            "expired"},
    {signing, sign,    in_turn, more_signers, signing,   kCall,                   "signed"},
    {signing, sign,    in_turn, last_signer,  completed, kTell | kEnd,            "signed"},
    {signing, refuse,  party,   always,       rejected,  kTell | kEnd,            "refused"},
    {signing, revoke,  owner,   always,       revoked,   kTell | kEnd,            "revoked"},
    {signing, expire,  clock,   always,       expired,   kTell | kEnd,            "expired"},
    {completed, archive, clock, always,       completed, kNothing,                "archived"},
      // clang-format on
  };
  return kMachine;
}

namespace {

bool must_be_in_time(Command command) {
  return command == Command::send || command == Command::fill || command == Command::sign ||
         command == Command::refuse;
}

struct PartyTransition {
  PartyState from;
  Command command;
  PartyState to;
};

// The life of a party. Signing is possible from waiting: who has nothing to fill is never filled.
constexpr PartyTransition kPartyMachine[] = {
    {PartyState::waiting, Command::fill,   PartyState::filled},
    {PartyState::waiting, Command::sign,   PartyState::signed_},
    {PartyState::filled,  Command::sign,   PartyState::signed_},
    {PartyState::waiting, Command::refuse, PartyState::refused},
    {PartyState::filled,  Command::refuse, PartyState::refused},
};

bool applies(When when, const Facts& facts) {
  switch (when) {
    case When::always: return true;
    case When::more_values: return facts.values_missing;
    case When::no_values: return !facts.values_missing;
    case When::more_signers: return facts.signatures_missing;
    case When::last_signer: return !facts.signatures_missing;
  }
  return false;
}

// Why the command may not be given, or null.
const char* refusal(const Transition& row, const Facts& facts) {
  switch (row.who) {
    case Who::owner:
      if (!facts.owner) return "contract.not_initiator";
      break;
    case Who::in_turn:
    case Who::party:
      if (!facts.party) return "contract.not_party";
      break;
    case Who::clock:
      return facts.overdue ? nullptr : "contract.not_due";
  }
  if (must_be_in_time(row.command) && facts.overdue) return "contract.overdue";
  if (row.who == Who::in_turn && !facts.in_turn) return "contract.not_your_turn";
  return nullptr;
}

}  // namespace

const Transition& step(State state, Command command, const Facts& facts) {
  for (const Transition& row : machine()) {
    if (row.from != state || row.command != command || !applies(row.when, facts)) continue;
    if (const char* code = refusal(row, facts)) throw Error(code);
    return row;
  }
  throw Error("contract.state_unfit", {{"state", std::string(name_of(state))},
                                       {"command", std::string(name_of(command))}});
}

bool allowed(State state, Command command, const Facts& facts) {
  for (const Transition& row : machine())
    if (row.from == state && row.command == command && applies(row.when, facts))
      return !refusal(row, facts);
  return false;
}

PartyState party_step(PartyState state, Command command) {
  for (const PartyTransition& row : kPartyMachine)
    if (row.from == state && row.command == command) return row.to;
  throw Error(state == PartyState::refused  ? "contract.already_refused"
              : state == PartyState::signed_ ? "contract.already_signed"
                                             : "contract.already_filled");
}

}  // namespace cinnabar::contract
