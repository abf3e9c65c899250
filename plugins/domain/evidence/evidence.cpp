#include "evidence.hpp"

#include <set>

namespace cinnabar::evidence {
namespace {

EvidenceMethod method() {
  EvidenceMethod out;
  out.chain =
      "For each act in order: `hash` is the SHA-256, hex, over `previous_hash` (its 64 characters) "
      "and `stored` (UTF-8) behind it; `previous_hash` is the `hash` of the act before, of the "
      "first 64 zeros.";
  out.commitment =
      "Names, mobile numbers and reasons stand in an act as SHA-256 of salt, ':' and value, hex; "
      "each has its salt beside it here. Addresses and user agents have the salt of the act's "
      "trace.";
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

bool is_of(const DossierParty& party, const std::string& tenant) {
  return party.enterprise.empty() ? party.person == tenant : party.enterprise == tenant;
}

}  // namespace

Evidence evidence_of(Dossier dossier, std::vector<StoredEvent> acts, bool intact, Time made) {
  Evidence out;
  out.made = made;
  out.intact = intact;
  out.contract = {dossier.id,      dossier.name,  dossier.state,   dossier.version,
                  dossier.owner,   dossier.initiator, dossier.order, dossier.created,
                  dossier.sent,    dossier.ended, dossier.deadline, dossier.reason,
                  dossier.name_salt, dossier.reason_salt};
  out.parties = std::move(dossier.parties);
  out.documents = std::move(dossier.documents);
  out.signatures = std::move(dossier.signatures);
  out.archives = std::move(dossier.archives);
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

bool viewed_lately(const std::vector<EvidenceAct>& acts, const std::string& person, Time now) {
  constexpr std::int64_t kHourMs = 3'600'000;
  for (auto act = acts.rbegin(); act != acts.rend(); ++act) {
    if (act->type == "contract.evidence_viewed" && act->actor == person)
      return now.ms >= act->at.ms && now.ms - act->at.ms < kHourMs;
    if (!act->type.ends_with("viewed") && !act->type.ends_with("downloaded")) return false;
  }
  return false;
}

void mask(Evidence& evidence, const std::string& tenant) {
  if (tenant == evidence.contract.owner) return;
  for (DossierParty& party : evidence.parties)
    if (!is_of(party, tenant)) {
      party.mobile = masked(party.mobile);
      party.mobile_salt.clear();  // with it, trying all numbers would unmask it
    }
  std::set<std::string> own;  // traces
  for (const EvidenceAct& act : evidence.acts)
    for (const DossierParty& party : evidence.parties)
      if (is_of(party, tenant) && party.person == act.actor) own.insert(act.data["trace"].text());
  std::erase_if(evidence.traces, [&](const DossierTrace& t) { return own.count(t.id) == 0; });
}

}  // namespace cinnabar::evidence
