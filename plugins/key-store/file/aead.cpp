#include "aead.hpp"

#include <cinnabar/error.hpp>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

namespace cinnabar::filekeys {
namespace {

constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void require(int good) {
  if (good != 1) throw failure("AES-256-GCM is not to be had from libcrypto");
}

}  // namespace

std::string aead_seal(const Secret& key, std::string_view plain, std::string_view context) {
  std::string out(kNonceSize + plain.size() + kTagSize, '\0');
  auto* nonce = reinterpret_cast<unsigned char*>(out.data());
  require(RAND_bytes(nonce, kNonceSize));
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  require(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce));
  require(EVP_EncryptUpdate(cipher.get(), nullptr, &size, octets(context),
                            static_cast<int>(context.size())));
  require(EVP_EncryptUpdate(cipher.get(), nonce + kNonceSize, &size, octets(plain),
                            static_cast<int>(plain.size())));
  require(EVP_EncryptFinal_ex(cipher.get(), nonce + kNonceSize + size, &size));
  require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize,
                              nonce + kNonceSize + plain.size()));
  return out;
}

std::optional<Secret> aead_open(const Secret& key, std::string_view sealed,
                                std::string_view context) {
  if (sealed.size() < kNonceSize + kTagSize) return std::nullopt;
  const std::string_view body = sealed.substr(kNonceSize, sealed.size() - kNonceSize - kTagSize);
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  Secret plain(body.size());
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  require(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), octets(sealed)));
  require(EVP_DecryptUpdate(cipher.get(), nullptr, &size, octets(context),
                            static_cast<int>(context.size())));
  require(EVP_DecryptUpdate(cipher.get(), plain.data(), &size, octets(body),
                            static_cast<int>(body.size())));
  require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()));
  if (EVP_DecryptFinal_ex(cipher.get(), plain.data() + size, &size) != 1) return std::nullopt;
  return plain;
}

Secret random_secret(std::size_t size) {
  Secret secret(size);
  if (RAND_priv_bytes(secret.data(), static_cast<int>(size)) != 1)
    throw failure("the system gives no random bytes");
  return secret;
}

}  // namespace cinnabar::filekeys
