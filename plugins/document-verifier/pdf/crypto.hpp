// Checks one digital signature over given bytes with a certificate's key, through EVP.
//
// Pure functions: any thread. Known: RSA PKCS#1 v1.5 and PSS, ECDSA, Ed25519 and
// Ed448, SM2 with the identity of GB/T 35275. Sources: RFC 8017, RFC 5754, RFC 8419, GM/T 0003.
#pragma once

#include "openssl.hpp"

#include <vector>

namespace cinnabar::pdf {

using Parts = std::vector<std::string_view>;  // bytes that follow each other

enum class Check { good, bad, unsupported };

// The digest of the parts; empty when the algorithm is unknown here.
std::string digest_of(const EVP_MD* algorithm, const Parts& parts);

// The digest algorithm of an identifier; null when unknown.
const EVP_MD* digest_algorithm(const X509_ALGOR* algorithm);

Check check_signature(X509* certificate, const X509_ALGOR* algorithm, const EVP_MD* digest,
                      const Parts& content, std::string_view signature);

}  // namespace cinnabar::pdf
