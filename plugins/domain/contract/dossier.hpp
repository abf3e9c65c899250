// What the plugin tells the other parts: the dossier of a contract, and to the doctor which
// contracts are stuck. Reads only; any thread.
#pragma once

#include "office.hpp"

#include <cinnabar/services/contract.hpp>
#include <cinnabar/services/doctor.hpp>

namespace cinnabar::contract {

Dossier dossier_of(const Host& host, const Call& call, const DossierRequest& request);

// One check, contracts.stuck, over every way in which a contract could be; it must find none.
Findings examine_contracts(const Host& host, const Call& call);

}  // namespace cinnabar::contract
