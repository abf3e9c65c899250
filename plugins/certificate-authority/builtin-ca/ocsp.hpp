// OCSP (RFC 6960): reading requests and building answers by hand. Pure functions; the responder's
// key is used through a function.
#pragma once

#include "crl.hpp"

#include <optional>

namespace cinnabar::builtinca {

// Of one certificate that is asked about. Views into the request.
struct CertificateId {
  std::string_view whole;      // CertID, to be repeated in the answer
  std::string_view algorithm;  // OBJECT IDENTIFIER of the digest, whole
  std::string_view name_hash;
  std::string_view key_hash;
  std::string_view serial;  // raw bytes, without a zero for the sign
};

struct OcspRequest {
  std::vector<CertificateId> certificates;
  std::string_view nonce;  // value of the extension; empty: none
};

// Throws Error "der.malformed" or "ocsp.malformed".
OcspRequest parse_ocsp_request(std::string_view request);

// Whether it names a certificate by this issuer. SHA-1 and SHA-256 are understood.
bool names_issuer(const CertificateId& id, std::string_view name, std::string_view public_key);
// A CertID with SHA-1, which every validator understands (RFC 5019 2.1.1).
std::string certificate_id(std::string_view name, std::string_view public_key,
                           std::string_view serial);

enum class OcspError { malformed_request = 1, internal_error = 2, try_later = 3, unauthorized = 6 };
std::string ocsp_failure(OcspError error);

struct OcspStatus {
  enum class Kind { good, revoked, unknown };
  std::string_view id;  // CertID, whole
  Kind kind = Kind::unknown;
  Revocation revocation;  // when revoked
};

struct OcspPlan {
  std::vector<OcspStatus> statuses;
  std::string_view nonce;
  Time this_update;
  Time next_update;
};

// A successful OCSPResponse; `responder` is who signs it, its certificate goes along.
std::string build_ocsp(const OcspPlan& plan, const Issuer& responder,
                       std::string_view responder_certificate);

}  // namespace cinnabar::builtinca
