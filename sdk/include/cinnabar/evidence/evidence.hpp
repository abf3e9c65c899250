// What evidence.json of an evidence bundle holds, and what else a bundle is made of: the one place
// that writers and checkers share. Values.
//
//   README.txt  evidence.json
//   log/key.txt  log/checkpoint.txt  log/earlier.txt  log/proofs.json
//   certificates/<sha-256>.der  revocation/<sha-256>.crl|.ocsp
//   documents/<number>.pdf  report.pdf (where there is one)
//   manifest.json  manifest.p7s
//
// manifest.json names every part before it with size and SHA-256; manifest.p7s is a detached CMS
// signature over it (RFC 5652) with a timestamp (RFC 3161). The container is zip.hpp's.
#pragma once

#include <cinnabar/services/contract.hpp>
#include <cinnabar/services/kernel.hpp>
#include <cinnabar/services/transparency_log.hpp>

namespace cinnabar::evidence {

inline constexpr const char* kReadme = "README.txt";
inline constexpr const char* kEvidence = "evidence.json";
inline constexpr const char* kLogKey = "log/key.txt";
inline constexpr const char* kCheckpoint = "log/checkpoint.txt";
inline constexpr const char* kEarlier = "log/earlier.txt";
inline constexpr const char* kProofs = "log/proofs.json";
inline constexpr const char* kCertificates = "certificates/";
inline constexpr const char* kRevocation = "revocation/";
inline constexpr const char* kDocuments = "documents/";
inline constexpr const char* kReport = "report.pdf";
inline constexpr const char* kManifest = "manifest.json";
inline constexpr const char* kSignature = "manifest.p7s";
inline constexpr const char* kFormat = "cinnabar.evidence-bundle/1";

struct BundlePart {
  std::string name;
  std::int64_t size = 0;
  std::string sha256;  // hex
};
CINNABAR_DESCRIBE(BundlePart, name, size, sha256)

struct BundleManifest {
  std::string format = kFormat;
  std::string contract;
  Time made;  // real clock
  std::vector<BundlePart> parts;
};
CINNABAR_DESCRIBE(BundleManifest, format, contract, made, (parts, items(0, 100'000)))

// log/proofs.json: of each act, in the order of the chain.
struct BundleProofs {
  std::vector<LogInclusion> inclusions;
  std::vector<std::string> consistency;  // from log/earlier.txt to log/checkpoint.txt
};
CINNABAR_DESCRIBE(BundleProofs, (inclusions, items(0, 100'000)), (consistency, items(0, 64)))

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
  std::vector<DossierArchive> archives;
  std::vector<DossierPlacement> placements;
  std::vector<EvidenceAct> acts;
  std::vector<DossierTrace> traces;
  EvidenceMethod method;
};
CINNABAR_DESCRIBE(Evidence, version, made,
                  (intact,
                   doc("Each act's hash is that of its bytes and follows its predecessor.")),
                  contract, parties, documents, (signatures, items(0, 20'000)), archives,
                  (placements, items(0, 20'000)), (acts, items(0, 100'000)),
                  (traces, items(0, 100'000)), (method, doc("How to check all of it.")))

}  // namespace cinnabar::evidence
