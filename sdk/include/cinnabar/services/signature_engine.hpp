// cinnabar.signature-engine/1: appends one signature to a frozen document.
//
// The document is never parsed and never read again: what is needed of it is in the field map
// and in the document state. The result is one segment (an incremental update) to append.
// Source: ISO 32000-2 12.8, EN 319 142-1 (PAdES baseline B-B, B-T, B-LT, B-LTA).
// Thread-safety: any thread, any number of calls at once.
#pragma once

#include <cinnabar/services/document_engine.hpp>

namespace cinnabar {

// Validation data that the document holds already: one stream of its security store.
struct StoredProof {
  std::string kind;    // "certificate", "crl" or "ocsp"
  std::string sha256;  // hex, of its DER
  std::int64_t object = 0;
};
CINNABAR_DESCRIBE(StoredProof, kind, sha256, object)

// Where the document stands after its last segment. Grows with each signature. Version 1 had
// neither digest_state_384 nor anything after it and is still read.
struct DocumentState {
  int version = 2;
  std::int64_t length = 0;       // bytes so far
  std::int64_t start_xref = 0;   // offset of the newest section
  std::int64_t next_object = 0;  // the /Size so far
  std::string digest_state;      // SHA-256 over all bytes so far, encoded by digest_state.hpp
  // SHA-384 over the first bytes, up to the last signature that needed it: see SignRequest::tail.
  std::string digest_state_384{};
  std::vector<StoredProof> proofs{};  // in the order in which they were written
  int archives = 0;                 // document timestamps so far
};
CINNABAR_DESCRIBE(DocumentState, version, length, start_xref, next_object,
                  (digest_state, length(0, 1'000)), (digest_state_384, length(0, 1'000)),
                  (proofs, items(0, 20'000)), archives)

// A drawing: PDF content stream operators in a box of points, origin bottom left, no resources but
// the blend state /Multiply that the engine supplies. Vector only.
struct Drawing {
  Bytes content;
  double width = 0;   // points
  double height = 0;  // points
};
CINNABAR_DESCRIBE(Drawing, content, width, height)

// How one prepared field of this act looks. A slice takes the given part (index of count, from
// the left) of the drawing, for page seals.
struct Mark {
  std::string field;
  int drawing = 0;  // index into drawings
  int slice_index = 0;
  int slice_count = 1;
};
CINNABAR_DESCRIBE(Mark, field, drawing, slice_index, slice_count)

struct KeyRef {
  std::string store;  // name of the key store, "file"
  std::string id;
};
CINNABAR_DESCRIBE(KeyRef, store, id)

struct SignRequest {
  FieldMap map;
  DocumentState state;
  bool certify = false;  // DocMDP, P=2; the one mark is the invisible certification field
  std::vector<Mark> marks;
  std::vector<Drawing> drawings;
  std::string signer_name;  // /Name
  std::string reason;       // /Reason
  std::string location;     // /Location
  std::int64_t time_ms = 0;  // /M, real clock
  KeyRef key;
  std::vector<Bytes> chain;  // DER, the signer's own first
  std::string level = "B-T";  // B-B, B-T, B-LT or B-LTA
  // The tenant whose certificate authority vouches for the chain; empty: the call's owner.
  std::string vouched_for;
  // A prepared invisible field that is still empty, for the document timestamp of B-LTA.
  std::string archive_field;
  // Only for a signer whose key asks for SHA-384 (digest_for in cms.hpp): the document's bytes
  // behind those that digest_state_384 covers. Others would pay for a second digest in vain.
  Bytes tail;
};
CINNABAR_DESCRIBE(SignRequest, map, state, certify, (marks, items(0, 20'000)), drawings,
                  signer_name, reason, location, time_ms, key, chain, level, vouched_for,
                  archive_field, tail)

// A document timestamp (ISO 32000-2 12.8.5), which covers all bytes before it.
struct ArchiveStamp {
  Bytes token;       // ContentInfo, DER; empty: none was made
  std::string time;  // RFC 3339
  std::int64_t ends_ms = 0;  // when the certificate of its authority ends
};
CINNABAR_DESCRIBE(ArchiveStamp, token, time, ends_ms)

// Errors: signature.level_unreachable (a timestamp or validation data cannot be had),
// signature.certificate_revoked, signature.key_unavailable, signature.field_unknown,
// signature.too_large.
struct Signed {
  Bytes segment;
  DocumentState state;    // after the segment
  std::string digest;     // hex SHA-256 over the signed ranges
  std::string timestamp;  // RFC 3339 time of the token; empty at B-B
  ArchiveStamp archive{};   // at B-LTA
};
CINNABAR_DESCRIBE(Signed, segment, state, digest, timestamp, archive)

// Renews what B-LTA promises: proof of the newest timestamp's chain, then a document timestamp
// over everything (EN 319 142-1 5.5).
struct ArchiveRequest {
  FieldMap map;
  DocumentState state;
  std::string field;  // as SignRequest::archive_field
  Bytes token;        // of the newest timestamp
};
CINNABAR_DESCRIBE(ArchiveRequest, map, state, field, token)

// Errors as those of sign.
struct Archived {
  Bytes segment;
  DocumentState state;  // after the segment
  ArchiveStamp stamp;
};
CINNABAR_DESCRIBE(Archived, segment, state, stamp)

struct BaseRequest {
  Bytes document;
  FieldMap map;
};
CINNABAR_DESCRIBE(BaseRequest, document, map)

class SignatureEngine {
 public:
  using Interface = SignatureEngine;
  virtual ~SignatureEngine() = default;
  // The state of a frozen document before its first signature.
  virtual DocumentState base_state(const BaseRequest&, const Call&) = 0;
  virtual Signed sign(const SignRequest&, const Call&) = 0;
  virtual Archived archive(const ArchiveRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(SignatureEngine, "cinnabar.signature-engine/1", base_state, sign, archive)

}  // namespace cinnabar
