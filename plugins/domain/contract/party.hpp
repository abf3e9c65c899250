// Which party a subject stands for. Pure; any thread.
#pragma once

#include "order.hpp"

#include <cinnabar/domain_plugin.hpp>

namespace cinnabar::contract {

// The party that the subject acts as: a person for oneself, or the named handler acting for the
// party's enterprise. Stands somebody for several, one that is asked now, else one that is still
// open, so that one may refuse before its turn. Null: none.
const PartyRow* party_of(const Contract& contract, const SubjectInfo& subject);

// The same, for acts that only a party may do. Throws contract.not_handler when the enterprise is
// a party but somebody else is its handler, else contract.not_party.
const PartyRow& acting_party(const Contract& contract, const SubjectInfo& subject);

// Whether what a handler does for the enterprise lies within how far the subject's permission goes.
bool reaches(const Request& request, const std::string& handler, const std::string& department);

// What the subject sees of a mobile number that is not its own: the first three and last four.
std::string masked_mobile(std::string_view mobile);

}  // namespace cinnabar::contract
