// The certificates that signed a contract's documents, told to people (SIG-23). Needs libcrypto.
// Pure but for the authority that is asked for revocations; any thread.
#pragma once

#include "collect.hpp"

namespace cinnabar::evidence {

struct CertificateView {
  std::string sha256;
  std::string subject;
  std::string issuer;
  std::string serial;
  std::string not_before;
  std::string not_after;
  std::string key;
  std::string role;
  std::vector<std::string> parties;
  std::string revocation;
  std::string pem;
};
CINNABAR_DESCRIBE(CertificateView, sha256, (subject, doc("RFC 4514.")), issuer,
                  (serial, doc("Hex.")), not_before, not_after,
                  (key, doc("Algorithm and size: EC P-256, RSA 2048.")),
                  (role, doc("platform, enterprise or person; authority for those above them.")),
                  (parties, doc("Of the contract, who signed with it.")),
                  (revocation, doc("good, revoked or unknown, as the authority says now.")),
                  (pem, length(0, 65'536)))

struct CertificateList {
  std::vector<CertificateView> certificates;
};
CINNABAR_DESCRIBE(CertificateList, certificates)

// What a certificate says. Throws Error "der.malformed".
CertificateView read_certificate(std::string_view der);

CertificateList list_certificates(const Host& host, const Call& call, const Evidence& evidence);

// What proves that the chains were good, as far as their authority gives it: each piece once, by
// its SHA-256 in hex.
struct Revocation {
  std::map<std::string, Bytes> crls;
  std::map<std::string, Bytes> ocsps;
};
Revocation revocation_of(const Host& host, const Call& call,
                         const std::vector<std::vector<Bytes>>& chains);

}  // namespace cinnabar::evidence
