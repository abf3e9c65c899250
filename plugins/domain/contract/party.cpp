#include "party.hpp"

#include <algorithm>

namespace cinnabar::contract {
namespace {

// How much there is left to do for the party.
int claim(const Contract& contract, const PartyRow& party) {
  if (in_turn(contract, party)) return 2;
  return party.state == PartyState::waiting || party.state == PartyState::filled ? 1 : 0;
}

}  // namespace

const PartyRow* party_of(const Contract& contract, const SubjectInfo& subject) {
  const PartyRow* found = nullptr;
  for (const PartyRow& party : contract.parties) {
    if (party.person.empty() || party.person != subject.person) continue;
    if (party.enterprise != subject.acting_for) continue;
    if (!found || claim(contract, *found) < claim(contract, party)) found = &party;
  }
  return found;
}

const PartyRow& acting_party(const Contract& contract, const SubjectInfo& subject) {
  if (const PartyRow* party = party_of(contract, subject)) return *party;
  for (const PartyRow& party : contract.parties)
    if (!party.enterprise.empty() && party.enterprise == subject.acting_for)
      throw Error("contract.not_handler", {{"party", party.id}});
  throw Error("contract.not_party");
}

bool reaches(const Request& request, const std::string& handler, const std::string& department) {
  const ReachInfo& reach = request.reach();
  const auto& within = reach.departments;
  return reach.scope == "enterprise" || handler == request.subject().person ||
         (reach.scope == "department" &&
          std::find(within.begin(), within.end(), department) != within.end());
}

std::string masked_mobile(std::string_view mobile) {
  constexpr std::size_t kHead = 3, kTail = 4;
  if (mobile.size() <= kHead + kTail) return std::string(mobile.size(), '*');
  return std::string(mobile.substr(0, kHead)) + std::string(mobile.size() - kHead - kTail, '*') +
         std::string(mobile.substr(mobile.size() - kTail));
}

}  // namespace cinnabar::contract
