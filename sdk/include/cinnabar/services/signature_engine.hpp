// cinnabar.signature-engine/1: appends one signature to a frozen document.
//
// The document is never parsed and never read again: what is needed of it is in the field map
// and in the document state. The result is one segment (an incremental update) to append.
// Source: ISO 32000-2 12.8, EN 319 142-1 (PAdES baseline B-B, B-T).
// Thread-safety: any thread, any number of calls at once.
#pragma once

#include <cinnabar/services/document_engine.hpp>

namespace cinnabar {

// Where the document stands after its last segment. Grows with each signature.
struct DocumentState {
  int version = 1;
  std::int64_t length = 0;       // bytes so far
  std::int64_t start_xref = 0;   // offset of the newest section
  std::int64_t next_object = 0;  // the /Size so far
  std::string digest_state;      // SHA-256 over all bytes so far, encoded by digest_state.hpp
};
CINNABAR_DESCRIBE(DocumentState, version, length, start_xref, next_object,
                  (digest_state, length(0, 1'000)))

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
  std::string level = "B-T";  // B-B or B-T
};
CINNABAR_DESCRIBE(SignRequest, map, state, certify, (marks, items(0, 20'000)), drawings,
                  signer_name, reason, location, time_ms, key, chain, level)

// Errors: signature.level_unreachable (no timestamp to be had), signature.key_unavailable,
// signature.field_unknown, signature.too_large.
struct Signed {
  Bytes segment;
  DocumentState state;    // after the segment
  std::string digest;     // hex SHA-256 over the signed ranges
  std::string timestamp;  // RFC 3339 time of the token; empty at B-B
};
CINNABAR_DESCRIBE(Signed, segment, state, digest, timestamp)

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
};
CINNABAR_SERVICE(SignatureEngine, "cinnabar.signature-engine/1", base_state, sign)

}  // namespace cinnabar
