// Requests for certificates (PKCS#10, RFC 2986) built by hand, and what an EST server answers to
// them (RFC 7030 4.2). Pure functions; the key is used through a function.
#pragma once

#include <cinnabar/x509.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace cinnabar::est {

struct Subject {
  std::string country;  // empty parts are left out
  std::string organization;
  std::string common_name;
  std::string identifier;  // serialNumber of the name
};

using Sign = std::function<std::string(std::string_view digest_algorithm, std::string_view digest)>;

// CertificationRequest, DER, over the key (SubjectPublicKeyInfo): RSA with SHA-256, P-256 with
// SHA-256, P-384 with SHA-384.
std::string build_request(const Subject& subject, std::string_view public_key, const Sign& sign);

// The certificate over our key among those of a certs-only answer in base64. Throws Error
// "certificate.invalid".
x509::Certificate enrolled(std::string_view answer, std::string_view public_key);

}  // namespace cinnabar::est
