#include "sealing.hpp"

#include <cinnabar/bytes.hpp>
#include <cinnabar/durable_file.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <fstream>
#include <iterator>
#include <memory>

namespace cinnabar::apikeys {
namespace {

constexpr std::size_t kTagSize = 16;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* octets(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

void require(int good) {
  if (good != 1) throw failure("AES-256-GCM is not to be had from libcrypto");
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

Sealing::Sealing(const std::filesystem::path& file, std::string_view fresh) {
  if (!std::filesystem::exists(file)) write_durable(file, fresh, 0600, Existing::keep);
  key_ = content_of(file);
  if (key_.size() != kKeySize) throw failure(file.string() + " is not a sealing key");
}

Sealing::~Sealing() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::string Sealing::seal(std::string_view secret, std::string_view context,
                          std::string_view nonce) const {
  if (nonce.size() != kNonceSize) throw failure("a nonce has 12 bytes");
  std::string body(secret.size(), '\0'), tag(kTagSize, '\0');
  int size = 0;
  const Cipher cipher(EVP_CIPHER_CTX_new());
  require(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, octets(key_),
                             octets(nonce)));
  require(EVP_EncryptUpdate(cipher.get(), nullptr, &size, octets(context),
                            static_cast<int>(context.size())));
  require(EVP_EncryptUpdate(cipher.get(), octets(body), &size, octets(secret),
                            static_cast<int>(secret.size())));
  require(EVP_EncryptFinal_ex(cipher.get(), octets(body) + size, &size));
  require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize, tag.data()));
  return to_base64(std::string(nonce) + body + tag);
}

std::optional<std::string> Sealing::open(std::string_view sealed, std::string_view context) const {
  const auto bytes = from_base64(sealed);
  if (!bytes || bytes->size() < kNonceSize + kTagSize) return std::nullopt;
  const std::string_view all = *bytes;
  const std::string_view body = all.substr(kNonceSize, all.size() - kNonceSize - kTagSize);
  std::string tag(all.substr(all.size() - kTagSize)), plain(body.size(), '\0');
  int size = 0;
  const Cipher cipher(EVP_CIPHER_CTX_new());
  require(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, octets(key_), octets(all)));
  require(EVP_DecryptUpdate(cipher.get(), nullptr, &size, octets(context),
                            static_cast<int>(context.size())));
  require(EVP_DecryptUpdate(cipher.get(), octets(plain), &size, octets(body),
                            static_cast<int>(body.size())));
  require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()));
  if (EVP_DecryptFinal_ex(cipher.get(), octets(plain) + size, &size) != 1) return std::nullopt;
  return plain;
}

}  // namespace cinnabar::apikeys
