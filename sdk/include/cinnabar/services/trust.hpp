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
  std::string key_store = "file";
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

class CertificateAuthority {
 public:
  using Interface = CertificateAuthority;
  virtual ~CertificateAuthority() = default;
  virtual Credential issue(const IssueRequest&, const Call&) = 0;
  virtual AuthorityInfo info(const AuthorityRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(CertificateAuthority, "cinnabar.certificate-authority/1", issue, info)

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

class TimestampAuthority {
 public:
  using Interface = TimestampAuthority;
  virtual ~TimestampAuthority() = default;
  virtual Stamp stamp(const StampRequest&, const Call&) = 0;
};
CINNABAR_SERVICE(TimestampAuthority, "cinnabar.timestamp-authority/1", stamp)

}  // namespace cinnabar
