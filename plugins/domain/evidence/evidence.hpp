// Building the evidence: what happened to a contract, so that an outsider can recompute it. Pure;
// any thread.
#pragma once

#include <cinnabar/evidence/evidence.hpp>

namespace cinnabar::evidence {

// Whether that person viewed the evidence within the last hour, and nothing was done since then
// but reading: another view of it tells nothing new.
bool viewed_lately(const std::vector<EvidenceAct>& acts, const std::string& person, Time now);

// `acts` in the order of the chain.
Evidence evidence_of(Dossier dossier, std::vector<StoredEvent> acts, bool intact, Time made);

// Takes out what a tenant that is not the owner does not see: mobile numbers of other parties, and
// where their acts came from.
void mask(Evidence& evidence, const std::string& tenant);

}  // namespace cinnabar::evidence
