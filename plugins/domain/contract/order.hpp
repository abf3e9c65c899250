// Order: who is asked next. Parties of one position are asked at the same time; in a sequential
// contract a position is asked when all before it are done. Pure; any thread.
#pragma once

#include "model.hpp"

namespace cinnabar::contract {

// Indices of the parties that are asked now: to fill in while filling, to sign while signing.
std::vector<std::size_t> asked(const Contract& contract);

// Whether the party may act now: it is asked, or it could fill in what is optional meanwhile.
bool in_turn(const Contract& contract, const PartyRow& party);

}  // namespace cinnabar::contract
