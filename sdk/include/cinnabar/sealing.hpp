// Sealing: small texts under AES-256-GCM (NIST SP 800-38D), as plugins keep secrets and personal
// data at rest. What is sealed names its context, which has to be given again to open it, so that a
// cell of a table cannot be moved into another one. Needs libcrypto. Pure functions; any thread.
#pragma once

#include <cinnabar/bytes.hpp>
#include <cinnabar/error.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cinnabar {

inline constexpr std::size_t kSealingKeySize = 32;
inline constexpr std::size_t kSealingNonceSize = 12;
inline constexpr std::size_t kSealingTagSize = 16;

namespace detail {

struct FreeSealingContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using SealingContext = std::unique_ptr<EVP_CIPHER_CTX, FreeSealingContext>;

inline const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
inline unsigned char* octets(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
inline void require_sealing(bool good) {
  if (!good) throw failure("AES-256-GCM is not to be had from libcrypto, or its key is none");
}

}  // namespace detail

// Nonce, body and tag. `nonce`: 12 bytes that were never used under this key before; of random ones
// 2^32 may be used.
inline std::string seal_bytes(std::string_view key, std::string_view nonce, std::string_view plain,
                              std::string_view context) {
  using detail::octets;
  detail::require_sealing(key.size() == kSealingKeySize && nonce.size() == kSealingNonceSize);
  std::string body(plain.size(), '\0'), tag(kSealingTagSize, '\0');
  int size = 0;
  const detail::SealingContext cipher(EVP_CIPHER_CTX_new());
  detail::require_sealing(
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, octets(key), octets(nonce)) &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, octets(context),
                        static_cast<int>(context.size())) &&
      EVP_EncryptUpdate(cipher.get(), octets(body), &size, octets(plain),
                        static_cast<int>(plain.size())) &&
      EVP_EncryptFinal_ex(cipher.get(), octets(body) + size, &size) &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kSealingTagSize, tag.data()));
  return std::string(nonce) + body + tag;
}

// Nothing when anything of it differs.
inline std::optional<std::string> open_bytes(std::string_view key, std::string_view sealed,
                                             std::string_view context) {
  using detail::octets;
  if (sealed.size() < kSealingNonceSize + kSealingTagSize) return std::nullopt;
  detail::require_sealing(key.size() == kSealingKeySize);
  const std::string_view body = sealed.substr(
      kSealingNonceSize, sealed.size() - kSealingNonceSize - kSealingTagSize);
  std::string tag(sealed.substr(sealed.size() - kSealingTagSize)), plain(body.size(), '\0');
  int size = 0;
  const detail::SealingContext cipher(EVP_CIPHER_CTX_new());
  detail::require_sealing(
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, octets(key), octets(sealed)) &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, octets(context),
                        static_cast<int>(context.size())) &&
      EVP_DecryptUpdate(cipher.get(), octets(plain), &size, octets(body),
                        static_cast<int>(body.size())) &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kSealingTagSize, tag.data()));
  if (EVP_DecryptFinal_ex(cipher.get(), octets(plain) + size, &size) != 1) return std::nullopt;
  return plain;
}

// HMAC-SHA-256 (RFC 2104), 32 bytes.
inline std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), detail::octets(text),
            text.size(), detail::octets(out), &size))
    throw failure("HMAC-SHA-256 is not to be had from libcrypto");
  out.resize(size);
  return out;
}

}  // namespace cinnabar
