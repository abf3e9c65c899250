// Asking a timestamp authority by RFC 3161 and checking what it answers, fully: status, imprint,
// nonce, policy, the signature, the signer's certificate and its purpose, the path to a trusted
// root. Pure functions over libcrypto.
#pragma once

#include <cinnabar/x509.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cinnabar::rfc3161 {

struct Ask {
  std::string algorithm;  // "sha256", "sha384" or "sha512"
  std::string digest;     // raw
  std::string policy;     // dotted; empty: any
  std::string nonce;      // raw, at least 8 bytes
};

// TimeStampReq, DER; certificates are asked for. Throws Error "timestamp.digest_unfit".
std::string build_request(const Ask& ask);

struct Answered {
  std::string token;  // ContentInfo, DER
  std::int64_t time_ms = 0;
};

// Throws Error "timestamp.refused" (the authority says no) or "timestamp.invalid" (its answer is
// not what was asked for, or not signed by whom we trust).
Answered check_response(std::string_view response, const Ask& ask,
                        const x509::Certificates& trusted);

// The path of the token's signer to a trusted root. Throws Error "timestamp.invalid".
x509::Certificates signer_path(std::string_view token, const x509::Certificates& trusted);

}  // namespace cinnabar::rfc3161
