// The machine of a contract, and the smaller one of a party: tables, and the step that reads them.
// Pure; any thread.
#pragma once

#include "model.hpp"

namespace cinnabar::contract {

enum class Command { replace, discard, send, fill, sign, refuse, revoke, expire, archive };
CINNABAR_ENUM(Command, replace, discard, send, fill, sign, refuse, revoke, expire, archive)

// Who may give the command; in_turn is a party that is asked now.
enum class Who { owner, party, in_turn, clock };

// When the row applies, of what will be so after the command.
enum class When { always, more_values, no_values, more_signers, last_signer };

// What follows, besides the new version and the event.
enum Effect : unsigned {
  kNothing = 0,
  kOpen = 1,    // resolve the parties, open the contract to them, set the expiry job
  kFreeze = 2,  // draw the values, make the fields, certify
  kCall = 4,    // tell those whose turn begins
  kTell = 8,    // tell everybody
  kEnd = 16,    // nothing follows any more
  kForget = 32  // delete the rows
};

struct Transition {
  State from;
  Command command;
  Who who;
  When when;
  State to;
  unsigned effects;
  const char* event;  // "sent"
};

// The type of the event that tells of it: "contract.sent".
inline std::string event_type(const Transition& row) {
  return "contract." + std::string(row.event);
}

// What step needs to know. The last two are of the time after the command.
struct Facts {
  bool owner = false;
  bool party = false;
  bool in_turn = false;
  bool overdue = false;
  bool values_missing = false;
  bool signatures_missing = false;
};

// The row that applies. Throws contract.state_unfit, contract.not_initiator, contract.not_party,
// contract.not_your_turn, contract.overdue or contract.not_due.
const Transition& step(State state, Command command, const Facts& facts);

// Whether the command would be accepted.
bool allowed(State state, Command command, const Facts& facts);

// All of the table, for tests and documentation.
const std::vector<Transition>& machine();

// A party's state after it filled, signed or refused. Throws contract.already_filled,
// contract.already_signed, contract.already_refused.
PartyState party_step(PartyState state, Command command);

inline bool at_rest(State state) { return state != State::filling && state != State::signing; }

}  // namespace cinnabar::contract
