// How keys and signatures look on the two sides: what a token is asked for and gives (PKCS #11
// v2.40), and what certificates and CMS carry (RFC 5280, 5480, 8017, 8410). Pure; any thread.
#pragma once

#include <p11-kit/pkcs11.h>

#include <string>
#include <string_view>

namespace cinnabar::pkcs11keys {

enum class KeyKind { ec, rsa, ed25519 };

// What is asked of C_GenerateKeyPair.
struct KeyPlan {
  KeyKind kind;
  CK_MECHANISM_TYPE mechanism;
  std::string ec_params;  // DER; of curves
  CK_ULONG modulus_bits;  // of RSA
};

// Throws Error "key.algorithm_unknown".
KeyPlan plan_of(std::string_view algorithm);

// What the public object on the token tells.
struct PublicParts {
  KeyKind kind = KeyKind::ec;
  std::string ec_params, ec_point;  // attributes of those names
  std::string modulus, exponent;    // big-endian
};

// SubjectPublicKeyInfo, DER.
std::string subject_public_key_info(const PublicParts& parts);

// What C_SignInit and C_Sign are given.
struct SignPlan {
  CK_MECHANISM_TYPE mechanism;
  std::string data;
};

// Throws Error "key.digest_unfit". order_size: bytes of an EC key's order.
SignPlan plan_signature(KeyKind kind, std::size_t order_size, std::string_view digest_algorithm,
                        std::string_view digest);

// Bytes of the order of the curve that the parameters name; 0: not one of ours.
std::size_t order_size(std::string_view ec_params);

// ECDSA-Sig-Value (RFC 3279 2.2.3) from a token's r and s, one after the other.
std::string ecdsa_sig_value(std::string_view r_and_s);

}  // namespace cinnabar::pkcs11keys
