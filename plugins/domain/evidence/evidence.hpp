// Building the evidence: what happened to a contract, so that an outsider can recompute it. Pure;
// any thread.
#pragma once

#include <cinnabar/evidence/evidence.hpp>

namespace cinnabar::evidence {

// `acts` in the order of the chain.
Evidence evidence_of(Dossier dossier, std::vector<StoredEvent> acts, bool intact, Time made);

// Takes out what a tenant that is not the owner does not see: mobile numbers of other parties, and
// where their acts came from.
void mask(Evidence& evidence, const std::string& tenant);

}  // namespace cinnabar::evidence
