// SoftwareKey: a private key in libcrypto's hands: made, taken out and put back as PKCS #8, and
// signing finished digests: ECDSA over P-256 and P-384 (FIPS 186-5), RSA PKCS #1 v1.5 (RFC 8017);
// and whole messages: Ed25519 (RFC 8032).
// Immutable once made; any thread.
#pragma once

#include "secret.hpp"

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace cinnabar::filekeys {

class SoftwareKey {
 public:
  // "ec-p256", "ec-p384", "rsa-2048", "rsa-3072", "rsa-4096", "ed25519". Throws Error
  // "key.algorithm_unknown".
  static SoftwareKey generate(std::string_view algorithm);
  // Throws Error "key.damaged".
  static SoftwareKey from_pkcs8(const Secret& encoding);

  Secret pkcs8() const;
  std::string public_key() const;  // SubjectPublicKeyInfo, DER

  // Throws Error "key.digest_unfit" unless the digest is one of "sha256" or "sha384", or the
  // message of an Ed25519 key with the algorithm "none".
  std::string sign(std::string_view digest_algorithm, std::string_view digest) const;

 private:
  explicit SoftwareKey(evp_pkey_st* key);
  std::string sign_message(std::string_view message) const;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace cinnabar::filekeys
