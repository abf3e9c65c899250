// cinnabar.certificate-authority/1 and cinnabar.timestamp-authority/1: who vouches for keys and
// for times. Thread-safety: any thread.
#pragma once

#include <cinnabar/services/signature_engine.hpp>

namespace cinnabar {

struct IssueRequest {
  std::string profile;       // "document", "enterprise", "person", "timestamp"
  std::string common_name;
  std::string organization;  // empty: none
  std::string identifier;    // serialNumber of the subject; our own id, never a document number
  std::string key_store;     // empty: the one that the authority is configured with
};
CINNABAR_DESCRIBE(IssueRequest, profile, (common_name, length(1, 64)),
                  (organization, length(0, 64)), identifier, key_store)

// A key made in the key store and the certificate issued over it.
struct Credential {
  KeyRef key;
  std::vector<Bytes> chain;  // DER: own, issuing, root
  std::string serial;        // hex
  std::string sha256;        // hex, of the own certificate
  std::int64_t not_before_ms = 0;
  std::int64_t not_after_ms = 0;
};
CINNABAR_DESCRIBE(Credential, key, chain, serial, sha256, not_before_ms, not_after_ms)

struct AuthorityInfo {
  std::string name;
  std::vector<Bytes> chain;  // issuing, root
  std::int64_t not_after_ms = 0;
};
CINNABAR_DESCRIBE(AuthorityInfo, name, chain, not_after_ms)

struct AuthorityRequest {};
CINNABAR_DESCRIBE_EMPTY(AuthorityRequest)

struct RevokeRequest {
  std::string serial;  // hex, as in Credential
  // "unspecified", "key-compromise", "affiliation-changed", "superseded" or
  // "cessation-of-operation" (RFC 5280 5.3.1).
  std::string reason = "unspecified";
};
CINNABAR_DESCRIBE(RevokeRequest, (serial, length(1, 64)), reason)

struct Revoked {
  std::int64_t time_ms = 0;  // of the first revocation; a second one changes nothing
};
CINNABAR_DESCRIBE(Revoked, time_ms)

struct ProofRequest {
  std::vector<Bytes> chain;  // DER, the certificate in question first
};
CINNABAR_DESCRIBE(ProofRequest, chain)

// What a validator needs to see that a chain was good: for the DSS of a document (ISO 32000-2
// 12.8.4.3). All DER.
struct ValidationData {
  std::vector<Bytes> certificates;
  std::vector<Bytes> crls;
  std::vector<Bytes> ocsps;  // OCSPResponse
};
CINNABAR_DESCRIBE(ValidationData, certificates, crls, ocsps)

struct CrlRequest {
  std::string issuer = "issuing";  // "issuing" or "root"
};
CINNABAR_DESCRIBE(CrlRequest, issuer)
struct Crl {
  Bytes der;
  std::int64_t next_update_ms = 0;
};
CINNABAR_DESCRIBE(Crl, der, next_update_ms)

struct OcspQuery {
  Bytes request;  // OCSPRequest, DER (RFC 6960)
};
CINNABAR_DESCRIBE(OcspQuery, request)
struct OcspAnswer {
  Bytes response;  // OCSPResponse, DER; also for a request that cannot be read
  std::int64_t next_update_ms = 0;  // 0: not to be kept
};
CINNABAR_DESCRIBE(OcspAnswer, response, next_update_ms)

class CertificateAuthority {
 public:
  using Interface = CertificateAuthority;
  virtual ~CertificateAuthority() = default;
  virtual Credential issue(const IssueRequest&, const Call&) = 0;
  virtual AuthorityInfo info(const AuthorityRequest&, const Call&) = 0;
  // Durable when it returns. Errors: certificate.unknown, certificate.reason_unknown.
  virtual Revoked revoke(const RevokeRequest&, const Call&) = 0;
  // Errors: certificate.revoked (which one), certificate.status_unknown.
  virtual ValidationData proof(const ProofRequest&, const Call&) = 0;
  // What an authority publishes itself; one that does not (an outside one) throws
  // certificate.not_published.
  virtual Crl crl(const CrlRequest&, const Call&) = 0;
  virtual OcspAnswer ocsp(const OcspQuery&, const Call&) = 0;
};
CINNABAR_SERVICE(CertificateAuthority, "cinnabar.certificate-authority/1", issue, info, revoke,
                 proof, crl, ocsp)

struct StampRequest {
  std::string digest;  // raw bytes, hex encoded
  std::string algorithm = "sha256";
};
CINNABAR_DESCRIBE(StampRequest, digest, algorithm)

struct Stamp {
  Bytes token;  // ContentInfo, DER
  std::int64_t time_ms = 0;
};
CINNABAR_DESCRIBE(Stamp, token, time_ms)

struct StampProofRequest {
  Bytes token;  // as stamp gave it
};
CINNABAR_DESCRIBE(StampProofRequest, token)

struct TimestampQuery {
  Bytes request;  // TimeStampReq, DER (RFC 3161)
};
CINNABAR_DESCRIBE(TimestampQuery, request)
struct TimestampAnswer {
  Bytes response;  // TimeStampResp, DER; a rejection for a request that cannot be served
};
CINNABAR_DESCRIBE(TimestampAnswer, response)

class TimestampAuthority {
 public:
  using Interface = TimestampAuthority;
  virtual ~TimestampAuthority() = default;
  virtual Stamp stamp(const StampRequest&, const Call&) = 0;
  // Proves the chain of a token's signer. Errors: timestamp.status_unknown, timestamp.revoked.
  virtual ValidationData proof(const StampProofRequest&, const Call&) = 0;
  // Answers a client of the authority itself; an outside one throws timestamp.not_published.
  virtual TimestampAnswer answer(const TimestampQuery&, const Call&) = 0;
};
CINNABAR_SERVICE(TimestampAuthority, "cinnabar.timestamp-authority/1", stamp, proof, answer)

}  // namespace cinnabar
