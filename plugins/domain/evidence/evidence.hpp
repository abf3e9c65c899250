// Evidence: what happened to a contract, so that an outsider can recompute it: the documents with
// the digests of their parts, the signatures with their certificates, the acts in their hash chain,
// and where every control stands. Building is pure; any thread.
#pragma once

#include <cinnabar/services/contract.hpp>
#include <cinnabar/services/kernel.hpp>

namespace cinnabar::evidence {

struct EvidenceContract {
  std::string id;
  std::string name;
  std::string state;
  std::int64_t version = 0;
  std::string owner;
  std::string initiator;
  std::string order;
  Time created;
  std::optional<Time> sent;
  std::optional<Time> ended;
  Time deadline;
  std::string reason;
  std::string name_salt;
  std::string reason_salt;
};
CINNABAR_DESCRIBE(EvidenceContract, id, name, state, version, owner, initiator, order, created,
                  sent, ended, deadline, reason,
                  (name_salt, doc("Of the commitment to the name in contract.sent.")),
                  (reason_salt, doc("Of the commitment to the reason why it ended early.")))

// One act, as it stands in the chain.
struct EvidenceAct {
  std::int64_t index = 0;
  Time at;
  std::string type;
  std::string actor;
  std::string name;
  std::string party;
  Json data;
  std::string previous_hash;
  std::string hash;
  std::string stored;
};
CINNABAR_DESCRIBE(EvidenceAct, index, at, type, (actor, doc("Person id; empty: the system.")),
                  (name, personal, doc("The actor's, where it is one of the contract's.")), party,
                  data, previous_hash, hash,
                  (stored, length(0, 1'000'000), doc("The bytes that were hashed.")))

struct EvidenceMethod {
  std::string chain;
  std::string commitment;
  std::string documents;
  std::string placements;
};
CINNABAR_DESCRIBE(EvidenceMethod, chain, commitment, documents, placements)

struct Evidence {
  int version = 1;
  Time made;
  bool intact = true;
  EvidenceContract contract;
  std::vector<DossierParty> parties;
  std::vector<DossierDocument> documents;
  std::vector<DossierSignature> signatures;
  std::vector<DossierPlacement> placements;
  std::vector<EvidenceAct> acts;
  std::vector<DossierTrace> traces;
  EvidenceMethod method;
};
CINNABAR_DESCRIBE(Evidence, version, made,
                  (intact,
                   doc("Each act's hash is that of its bytes and follows its predecessor.")),
                  contract, parties, documents, (signatures, items(0, 20'000)),
                  (placements, items(0, 20'000)), (acts, items(0, 100'000)),
                  (traces, items(0, 100'000)), (method, doc("How to check all of it.")))

// `acts` in the order of the chain.
Evidence evidence_of(Dossier dossier, std::vector<StoredEvent> acts, bool intact, Time made);

// Takes out what a tenant that is not the owner does not see: mobile numbers of other parties, and
// where their acts came from.
void mask(Evidence& evidence, const std::string& tenant);

}  // namespace cinnabar::evidence
