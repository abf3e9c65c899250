// cinnabar.document-verifier/1: what became of a signed document, and who signed it.
//
// Implementations live in the supervised worker process: they get bytes and return a report, and
// have no keys, no network and no files. Integrity, trust, revocation, time and the strength of
// algorithms are separate answers; each has a stable code. Thread-safety: a worker serves one call
// at a time.
#pragma once

#include <cinnabar/describe.hpp>
#include <cinnabar/service.hpp>

namespace cinnabar {

struct VerifyRequest {
  Bytes document;
  // Trust anchors, DER. Without any, trust is "not_checked".
  std::vector<Bytes> signer_anchors;
  std::vector<Bytes> timestamp_anchors;
  // What the document does not carry itself, DER.
  std::vector<Bytes> certificates;
  std::vector<Bytes> crls;
  std::vector<Bytes> ocsps;
  std::int64_t time_ms = 0;  // the present; 0: that of the verifier's own clock
  std::string password;      // opens an encrypted document; most need none
};
CINNABAR_DESCRIBE(VerifyRequest, document, (signer_anchors, items(0, 1'000)),
                  (timestamp_anchors, items(0, 1'000)), (certificates, items(0, 1'000)),
                  (crls, items(0, 1'000)), (ocsps, items(0, 1'000)), time_ms,
                  (password, secret, length(0, 512)))

struct CertificateReport {
  std::string subject;  // common name
  std::string issuer;   // common name
  std::string serial;   // hex
  std::string sha256;   // hex
  std::string not_before;
  std::string not_after;
};
CINNABAR_DESCRIBE(CertificateReport, subject, issuer, serial, sha256, not_before, not_after)

// Whether the signer's certificate leads to an anchor, at the time that counts.
struct TrustReport {
  std::string code = "not_checked";      // trusted, no_path, expired, not_yet_valid,
                                         // purpose_wrong, chain_broken, no_certificate, not_checked
  std::vector<CertificateReport> chain;  // as far as it could be built, the signer first
};
CINNABAR_DESCRIBE(TrustReport, code, chain)

struct RevocationReport {
  std::string code = "unknown";  // good, revoked, revoked_later, unknown
  std::string time;              // of the revocation, RFC 3339
  std::string source;            // "ocsp" or "crl"
};
CINNABAR_DESCRIBE(RevocationReport, code, time, source)

// When the signature certainly existed.
struct TimeReport {
  std::string code = "unproven";  // timestamped, timestamp_untrusted, timestamp_invalid, unproven
  std::string proven;             // RFC 3339, of a token whose authority is trusted; empty: none
  std::string authority;          // common name of the token's signer
  TrustReport trust;              // of that signer
};
CINNABAR_DESCRIBE(TimeReport, code, proven, authority, trust)

struct AlgorithmReport {
  std::string code = "unknown";  // strong, digest_weak, key_weak, unknown
  std::string digest;
  std::string key;        // "RSA", "EC", "SM2", ...
  std::int64_t bits = 0;  // of the key
};
CINNABAR_DESCRIBE(AlgorithmReport, code, digest, key, bits)

// What an update after a signature did.
struct ChangeReport {
  std::int64_t revision = 0;  // from 1
  std::string code;
  std::string field;        // the form field, where it is one
  std::int64_t object = 0;  // the object, where it is one
  bool allowed = true;
};
CINNABAR_DESCRIBE(ChangeReport, revision, code, field, object, allowed)

// One signature found in any revision of the file.
struct SignatureReport {
  std::string field;
  std::string signer;        // common name of the signing certificate
  std::string issuer;        // common name of its issuer
  std::string certificate_sha256;
  std::string sub_filter;
  std::string reason;
  std::string claimed_time;  // /M
  std::string timestamp;     // of the RFC 3161 token, RFC 3339; empty: none
  bool certification = false;
  std::int64_t certification_level = 0;  // /P of DocMDP: 1 to 3; 0: none
  bool intact = false;                   // digest and signature are right
  bool covers_revision = false;  // ByteRange is the whole revision but its own Contents
  bool covers_file = false;
  std::int64_t revision = 0;  // that it signs, from 1
  std::string level;          // B-B, B-T, B-LT, B-LTA, document-timestamp, basic
  TrustReport trust;
  RevocationReport revocation;
  TimeReport time;
  AlgorithmReport algorithm;
  std::vector<ChangeReport> changes;  // after it
  std::vector<std::string> problems;  // stable codes
};
CINNABAR_DESCRIBE(SignatureReport, field, signer, issuer, certificate_sha256, sub_filter, reason,
                  claimed_time, timestamp, certification, certification_level, intact,
                  covers_revision, covers_file, revision, level, trust, revocation, time, algorithm,
                  changes, problems)

// A code that the report uses, in words.
struct CodeText {
  std::string code;
  std::string en;
  std::string zh;
};
CINNABAR_DESCRIBE(CodeText, code, en, zh)

struct VerifyReport {
  std::string verdict;  // not-tampered, tampered, no-signature, damaged, encrypted
  std::vector<std::string> problems;  // stable codes, some with ":" and where
  std::int64_t revisions = 0;
  bool encrypted = false;
  std::vector<SignatureReport> signatures;
  std::vector<CodeText> texts;  // of every code above
};
CINNABAR_DESCRIBE(VerifyReport, verdict, problems, revisions, encrypted, signatures, texts)

class DocumentVerifier {
 public:
  using Interface = DocumentVerifier;
  virtual ~DocumentVerifier() = default;
  virtual VerifyReport verify(const VerifyRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(DocumentVerifier, "cinnabar.document-verifier/1", verify)

}  // namespace cinnabar
