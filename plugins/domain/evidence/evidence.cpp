#include "evidence.hpp"

namespace cinnabar::evidence {
namespace {

EvidenceMethod method() {
  EvidenceMethod out;
  out.chain =
      "For each act in order: the SHA-256 of `stored` (UTF-8) is `hash`, `stored` is JSON that "
      "names the hash before it, and that is the `hash` of the act before; before the first stand "
      "64 zeros.";
  out.commitment =
      "Names, mobile numbers and reasons stand in an act as SHA-256 of salt, ':' and value, hex, "
      "with the contract's salt; addresses and user agents with the salt of the act's trace.";
  out.documents =
      "A document is its base followed by its segments; each part is named by its SHA-256. "
      "shown_digest is the SHA-256 of the one document as it was shown, or of the digests (32 "
      "bytes each) of several in order.";
  out.placements = "Rectangles are 1/1000 point from the top left of the page as displayed.";
  return out;
}

std::string masked(std::string_view mobile) {
  constexpr std::size_t kHead = 3, kTail = 4;
  if (mobile.size() <= kHead + kTail) return std::string(mobile.size(), '*');
  return std::string(mobile.substr(0, kHead)) + std::string(mobile.size() - kHead - kTail, '*') +
         std::string(mobile.substr(mobile.size() - kTail));
}

}  // namespace

Evidence evidence_of(Dossier dossier, std::vector<StoredEvent> acts, bool intact, Time made) {
  Evidence out;
  out.made = made;
  out.intact = intact;
  out.contract = {dossier.id,      dossier.name,  dossier.state,   dossier.version,
                  dossier.owner,   dossier.initiator, dossier.order, dossier.created,
                  dossier.sent,    dossier.ended, dossier.deadline, dossier.reason,
                  dossier.salt};
  out.parties = std::move(dossier.parties);
  out.documents = std::move(dossier.documents);
  out.signatures = std::move(dossier.signatures);
  out.placements = std::move(dossier.placements);
  out.traces = std::move(dossier.traces);
  for (StoredEvent& event : acts) {
    EvidenceAct act{event.chain_index, event.at, std::move(event.type), std::move(event.actor), "",
                    event.data["party"].text(), std::move(event.data),
                    std::move(event.previous_hash), std::move(event.hash), std::move(event.stored)};
    for (const DossierParty& party : out.parties)
      if (!act.actor.empty() && party.person == act.actor) act.name = party.name;
    out.acts.push_back(std::move(act));
  }
  out.method = method();
  return out;
}

void mask(Evidence& evidence, const std::string& tenant) {
  if (tenant == evidence.contract.owner) return;
  for (DossierParty& party : evidence.parties)
    if (party.enterprise != tenant && party.person != tenant) party.mobile = masked(party.mobile);
}

}  // namespace cinnabar::evidence
