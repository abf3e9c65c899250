#include "machine.hpp"

namespace cinnabar::contract {
namespace {

using S = State;
using C = Command;

}  // namespace

// The life of a contract. The first row that fits applies.
const std::vector<Transition>& machine() {
  static const std::vector<Transition> kMachine{
      // from        command      who                 in time  when                      to            effects                     event
      {S::draft,     C::replace,  Who::owner,         false,   When::always,             S::draft,     kNothing,                   "contract.drafted"},
      {S::draft,     C::discard,  Who::owner,         false,   When::always,             S::draft,     kForget,                    "contract.discarded"},
      {S::draft,     C::send,     Who::owner,         true,    When::values_missing,     S::filling,   kOpen | kCall,              "contract.sent"},
      {S::draft,     C::send,     Who::owner,         true,    When::values_complete,    S::signing,   kOpen | kFreeze | kCall,    "contract.sent"},
      {S::filling,   C::fill,     Who::party_in_turn, true,    When::values_missing,     S::filling,   kCall,                      "contract.filled"},
      {S::filling,   C::fill,     Who::party_in_turn, true,    When::values_complete,    S::signing,   kFreeze | kCall,            "contract.filled"},
      {S::filling,   C::refuse,   Who::party,         true,    When::always,             S::rejected,  kTell | kEnd,               "contract.refused"},
      {S::filling,   C::revoke,   Who::owner,         false,   When::always,             S::revoked,   kTell | kEnd,               "contract.revoked"},
      {S::filling,   C::expire,   Who::clock,         false,   When::always,             S::expired,   kTell | kEnd,               "contract.expired"},
      {S::signing,   C::sign,     Who::party_in_turn, true,    When::signatures_missing, S::signing,   kCall,                      "contract.signed"},
      {S::signing,   C::sign,     Who::party_in_turn, true,    When::all_signed,         S::completed, kTell | kEnd,               "contract.signed"},
      {S::signing,   C::refuse,   Who::party,         true,    When::always,             S::rejected,  kTell | kEnd,               "contract.refused"},
      {S::signing,   C::revoke,   Who::owner,         false,   When::always,             S::revoked,   kTell | kEnd,               "contract.revoked"},
      {S::signing,   C::expire,   Who::clock,         false,   When::always,             S::expired,   kTell | kEnd,               "contract.expired"},
  };
  return kMachine;
}

namespace {

struct PartyTransition {
  PartyState from;
  Command command;
  PartyState to;
};

// The life of a party. Signing is possible from waiting: who has nothing to fill is never filled.
constexpr PartyTransition kPartyMachine[] = {
    {PartyState::waiting, C::fill,   PartyState::filled},
    {PartyState::waiting, C::sign,   PartyState::signed_},
    {PartyState::filled,  C::sign,   PartyState::signed_},
    {PartyState::waiting, C::refuse, PartyState::refused},
    {PartyState::filled,  C::refuse, PartyState::refused},
};

bool applies(When when, const Facts& facts) {
  switch (when) {
    case When::always: return true;
    case When::values_missing: return facts.values_missing;
    case When::values_complete: return !facts.values_missing;
    case When::signatures_missing: return facts.signatures_missing;
    case When::all_signed: return !facts.signatures_missing;
  }
  return false;
}

// Why the command may not be given, or null.
const char* refusal(const Transition& row, const Facts& facts) {
  switch (row.who) {
    case Who::owner:
      if (!facts.owner) return "contract.not_initiator";
      break;
    case Who::party_in_turn:
    case Who::party:
      if (!facts.party) return "contract.not_party";
      break;
    case Who::clock:
      return facts.overdue ? nullptr : "contract.not_due";
  }
  if (row.in_time && facts.overdue) return "contract.overdue";
  if (row.who == Who::party_in_turn && !facts.in_turn) return "contract.not_your_turn";
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
  throw Error("contract.already_" + std::string(name_of(state)));
}

}  // namespace cinnabar::contract
