// PublicKey: a SubjectPublicKeyInfo in libcrypto's hands, to check what a key store signed. For
// tests. Needs libcrypto. One thread at a time.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <string_view>

namespace cinnabar::testing {

class PublicKey {
 public:
  explicit PublicKey(std::string_view spki) {
    const auto* at = reinterpret_cast<const unsigned char*>(spki.data());
    key_ = d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size()));
    whole_ = key_ && at == reinterpret_cast<const unsigned char*>(spki.data()) + spki.size();
  }
  ~PublicKey() { EVP_PKEY_free(key_); }
  PublicKey(const PublicKey&) = delete;
  PublicKey& operator=(const PublicKey&) = delete;

  // The type as libcrypto calls it: "EC", "RSA".
  bool is(const char* type, int bits) const {
    return whole_ && EVP_PKEY_is_a(key_, type) == 1 && EVP_PKEY_get_bits(key_) == bits;
  }
  bool verifies(const char* algorithm, std::string_view digest, std::string_view signature) const {
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key_, nullptr);
    const bool good =
        context && EVP_PKEY_verify_init(context) == 1 &&
        EVP_PKEY_CTX_set_signature_md(context, EVP_get_digestbyname(algorithm)) == 1 &&
        EVP_PKEY_verify(context, octets(signature), signature.size(), octets(digest),
                        digest.size()) == 1;
    EVP_PKEY_CTX_free(context);
    return good;
  }
  bool verifies_message(std::string_view message, std::string_view signature) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const bool good = EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, key_) == 1 &&
                      EVP_DigestVerify(context, octets(signature), signature.size(),
                                       octets(message), message.size()) == 1;
    EVP_MD_CTX_free(context);
    return good;
  }

 private:
  static const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  }
  EVP_PKEY* key_ = nullptr;
  bool whole_ = false;
};

}  // namespace cinnabar::testing
