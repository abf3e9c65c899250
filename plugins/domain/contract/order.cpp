#include "order.hpp"

#include "controls.hpp"

#include <algorithm>
#include <climits>

namespace cinnabar::contract {
namespace {

// Whether the party has something left to do in the contract's state.
bool pending(const Contract& contract, const PartyRow& party) {
  switch (contract.row.state) {
    case State::filling:
      return party.state == PartyState::waiting && has_to_fill(contract, party);
    case State::signing:
      return party.state == PartyState::waiting || party.state == PartyState::filled;
    default:
      return false;
  }
}

// The position whose turn it is.
int current_position(const Contract& contract) {
  int first = INT_MAX;
  for (const PartyRow& party : contract.parties)
    if (pending(contract, party)) first = std::min(first, party.position);
  return first;
}

}  // namespace

std::vector<std::size_t> asked(const Contract& contract) {
  const auto& parties = contract.parties;
  const int first = current_position(contract);
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < parties.size(); ++i) {
    const bool open = contract.row.ordering == Ordering::unordered || parties[i].position == first;
    if (open && pending(contract, parties[i])) out.push_back(i);
  }
  return out;
}

bool in_turn(const Contract& contract, const PartyRow& party) {
  if (pending(contract, party))
    return contract.row.ordering == Ordering::unordered ||
           party.position == current_position(contract);
  if (contract.row.state != State::filling || party.state != PartyState::waiting) return false;
  const auto& controls = contract.content.controls;
  return std::any_of(controls.begin(), controls.end(), [&](const Control& control) {
    return control.party == party.id && is_fill(control.kind);
  });
}

}  // namespace cinnabar::contract
