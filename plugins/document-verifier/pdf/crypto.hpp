// Checks one digital signature over given bytes with a certificate's key, through EVP.
//
// Pure functions: any thread. Known: RSA PKCS#1 v1.5 and PSS, ECDSA, Ed25519 and
// Ed448, SM2 with the identity of GB/T 35275. Sources: RFC 8017, RFC 5754, RFC 8419, GM/T 0003.
#pragma once

#include "openssl.hpp"

#include <map>
#include <vector>

namespace cinnabar::pdf {

using Parts = std::vector<std::string_view>;  // bytes that follow each other

enum class Check { good, bad, unsupported };

// The digest of the parts; empty when the algorithm is unknown here.
std::string digest_of(const EVP_MD* algorithm, const Parts& parts);

// Digests of what the signatures of one file cover. Each covers the file's beginning up to itself:
// what they have in common is read once. One thread.
class Digests {
 public:
  explicit Digests(std::string_view file) : file_(file) {}

  // As digest_of.
  std::string of(const EVP_MD* algorithm, const Parts& parts);

 private:
  EVP_MD_CTX* beginning(const EVP_MD* algorithm, std::size_t size);

  std::string_view file_;
  // By algorithm and number of bytes.
  std::map<std::pair<int, std::size_t>, Ssl<EVP_MD_CTX>> states_;
};

// The digest algorithm of an identifier; null when unknown.
const EVP_MD* digest_algorithm(const X509_ALGOR* algorithm);

Check check_signature(X509* certificate, const X509_ALGOR* algorithm, const EVP_MD* digest,
                      const Parts& content, std::string_view signature);

}  // namespace cinnabar::pdf
