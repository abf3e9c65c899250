// cinnabar.contract/1: what is known of a contract, for the parts that report on it (evidence,
// archives). Reads only; the caller has been authorised. Thread-safety: any thread.
#pragma once

#include <cinnabar/services/document_engine.hpp>

namespace cinnabar {

struct DossierRequest {
  std::string contract;
  std::string owner;  // tenant that the contract belongs to
  // Who takes the content out, in which form ("evidence"): the gate contract.before_download is
  // asked. Empty: nobody does.
  std::string form{};
  std::string person{};
  std::string acting_for{};
};
CINNABAR_DESCRIBE(DossierRequest, contract, owner, form, person, acting_for)

struct DossierParty {
  std::string id;
  std::string kind;
  std::string name;
  std::string mobile;
  std::string person;
  std::string enterprise;
  std::string enterprise_name;
  int position = 1;
  std::string state;
  std::optional<Time> signed_at;
  std::string name_salt;    // of the commitments to name and mobile in the contract's events
  std::string mobile_salt;
};
CINNABAR_DESCRIBE(DossierParty, id, kind, (name, personal), (mobile, personal), person, enterprise,
                  enterprise_name, position, state, signed_at, name_salt, mobile_salt)

// Content named by its own SHA-256, "sha256:<hex>".
struct DossierPart {
  std::string content;
  std::int64_t size = 0;
};
CINNABAR_DESCRIBE(DossierPart, content, size)

// One document: the upload, the frozen base, and the segments appended to it.
struct DossierDocument {
  int number = 1;
  std::string file;
  std::string name;
  int pages = 0;
  std::string uploaded;
  DossierPart base;
  std::vector<DossierPart> segments;
  std::int64_t size = 0;
  std::string sha256;  // hex, of base and segments together
};
CINNABAR_DESCRIBE(DossierDocument, number, file, name, pages, uploaded, base, segments, size,
                  sha256)

// One signature, which is one segment of one document.
struct DossierSignature {
  int document = 1;
  int segment = 0;
  std::string party;  // empty: the platform's certification
  std::string person;
  std::string enterprise;
  std::string signer_name;
  std::vector<std::string> seals;
  std::vector<std::string> fields;
  std::string method;   // signing authentication
  Json evidence;        // of the method
  std::string digest;   // hex SHA-256 over the signed ranges
  std::string timestamp;
  std::string level;     // PAdES baseline level
  std::string archived;  // time of the document timestamp that it brought along; empty: none
  std::string serial;
  std::string certificate_sha256;
  std::vector<Bytes> chain;  // DER, the signer's own first
  Time signed_at;
};
CINNABAR_DESCRIBE(DossierSignature, document, segment, party, person, enterprise, signer_name,
                  seals, (fields, items(0, 20'000)), method, evidence, digest, timestamp, level,
                  archived, serial, certificate_sha256, chain, signed_at)

// The newest document timestamp of a document that is kept provable (B-LTA), and until when it
// proves: the end of its certificate. Times are of the real clock.
struct DossierArchive {
  int document = 1;
  std::string timestamp;
  Time ends;
  Time renewal_due;
  int renewals = 0;
  bool open = true;  // can be renewed further
};
CINNABAR_DESCRIBE(DossierArchive, document, timestamp, ends, renewal_due, renewals, open)

// Where a control stands, in 1/1000 point from the top left of the page as displayed. A page seal
// has one placement a page: slice_index of slice_count, from the left; pages of one slice_group
// show one whole seal.
struct DossierPlacement {
  int document = 1;
  std::string control;
  std::string kind;
  std::string party;
  std::string label;
  std::string field;  // of the PDF; empty: drawn when freezing
  int page = 1;
  PageRect rect;
  int slice_index = 0;
  int slice_count = 1;
  int slice_group = 0;
  Json value;  // of what was filled in
};
CINNABAR_DESCRIBE(DossierPlacement, document, control, kind, party, label, field, page, rect,
                  slice_index, slice_count, slice_group, value)

// Where an act came from; its event holds commitments to these with that salt.
struct DossierTrace {
  std::string id;
  std::string address;
  std::string user_agent;
  std::string salt;
};
CINNABAR_DESCRIBE(DossierTrace, id, (address, personal), user_agent, salt)

// Errors: contract.not_found.
struct Dossier {
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
  std::string name_salt;    // of the commitments to name and reason in the contract's events
  std::string reason_salt;
  std::vector<DossierParty> parties;
  std::vector<DossierDocument> documents;
  std::vector<DossierSignature> signatures;
  std::vector<DossierArchive> archives;
  std::vector<DossierPlacement> placements;
  std::vector<DossierTrace> traces;
};
CINNABAR_DESCRIBE(Dossier, id, name, state, version, owner, initiator, order, created, sent, ended,
                  deadline, reason, name_salt, reason_salt, parties, documents,
                  (signatures, items(0, 20'000)), archives, (placements, items(0, 20'000)),
                  (traces, items(0, 100'000)))

class Contracts {
 public:
  using Interface = Contracts;
  virtual ~Contracts() = default;
  virtual Dossier dossier(const DossierRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(Contracts, "cinnabar.contract/1", dossier)

}  // namespace cinnabar
