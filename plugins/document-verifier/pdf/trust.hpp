// Whether certificates can be trusted, whether they were revoked, and how strong their algorithms
// are.
//
// Pure functions over given material: any thread. Nothing is fetched. Sources: RFC 5280, RFC 6960,
// EN 319 102-1 5.
#pragma once

#include "material.hpp"

#include <ctime>

namespace cinnabar::pdf {

struct TrustQuestion {
  X509* certificate = nullptr;
  const std::vector<Bytes>* anchors = nullptr;  // DER
  std::time_t time = 0;
  bool timestamping = false;  // the certificate must be one of a timestamp authority
};

TrustReport check_trust(const TrustQuestion& question, const Material& material);

// As of `time`: what was revoked later was good then.
RevocationReport check_revocation(X509* certificate, const Material& material, std::time_t time);

AlgorithmReport rate_algorithms(X509* certificate, const std::string& digest);

}  // namespace cinnabar::pdf
