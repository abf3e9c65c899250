#include "software_key.hpp"

#include <cinnabar/error.hpp>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace cinnabar::filekeys {
namespace {

struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, FreeContext>;

struct FreeInfo {
  void operator()(PKCS8_PRIV_KEY_INFO* info) const { PKCS8_PRIV_KEY_INFO_free(info); }
};

void require(bool good, const char* what) {
  if (!good) throw failure(std::string("libcrypto could not ") + what);
}

}  // namespace

SoftwareKey::SoftwareKey(evp_pkey_st* key) : key_(key, &EVP_PKEY_free) {}

SoftwareKey SoftwareKey::generate(std::string_view algorithm) {
  EVP_PKEY* key = nullptr;
  if (algorithm == "ec-p256")
    key = EVP_EC_gen("P-256");
  else if (algorithm == "ec-p384")
    key = EVP_EC_gen("P-384");
  else if (algorithm == "rsa-2048")
    key = EVP_RSA_gen(2048u);
  else if (algorithm == "rsa-3072")
    key = EVP_RSA_gen(3072u);
  else if (algorithm == "rsa-4096")
    key = EVP_RSA_gen(4096u);
  else if (algorithm == "ed25519")
    key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  else
    throw Error("key.algorithm_unknown", {{"algorithm", std::string(algorithm)}});
  require(key != nullptr, "make a key");
  return SoftwareKey(key);
}

SoftwareKey SoftwareKey::from_pkcs8(const Secret& encoding) {
  const unsigned char* at = encoding.data();
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreeInfo> info(
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(encoding.size())));
  EVP_PKEY* key = info ? EVP_PKCS82PKEY(info.get()) : nullptr;
  if (!key) throw Error("key.damaged", {{"part", "PKCS #8"}}, {}, CINNABAR_FAILED);
  return SoftwareKey(key);
}

Secret SoftwareKey::pkcs8() const {
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreeInfo> info(EVP_PKEY2PKCS8(key_.get()));
  require(info != nullptr, "take a key out");
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
  require(size > 0, "encode a key");
  Secret out(static_cast<std::size_t>(size));
  unsigned char* at = out.data();
  i2d_PKCS8_PRIV_KEY_INFO(info.get(), &at);
  return out;
}

std::string SoftwareKey::public_key() const {
  const int size = i2d_PUBKEY(key_.get(), nullptr);
  require(size > 0, "encode a public key");
  std::string out(static_cast<std::size_t>(size), '\0');
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  i2d_PUBKEY(key_.get(), &at);
  return out;
}

// Ed25519 hashes by itself and in two passes, so it is given the message, not a digest of it.
std::string SoftwareKey::sign_message(std::string_view message) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = signature.size();
  require(context &&
              EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
              EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                             &size, reinterpret_cast<const unsigned char*>(message.data()),
                             message.size()) == 1,
          "sign");
  return signature;
}

std::string SoftwareKey::sign(std::string_view digest_algorithm, std::string_view digest) const {
  const bool is_message = digest_algorithm == "none";
  if (is_message != (EVP_PKEY_is_a(key_.get(), "ED25519") == 1))
    throw Error("key.digest_unfit", {{"algorithm", std::string(digest_algorithm)},
                                     {"size", std::to_string(digest.size())}});
  if (is_message) return sign_message(digest);
  const bool is_sha256 = digest_algorithm == "sha256";
  if (digest.size() != (is_sha256 ? 32u : 48u) || (!is_sha256 && digest_algorithm != "sha384"))
    throw Error("key.digest_unfit", {{"algorithm", std::string(digest_algorithm)},
                                     {"size", std::to_string(digest.size())}});
  const Context context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  const EVP_MD* md = is_sha256 ? EVP_sha256() : EVP_sha384();
  require(context && EVP_PKEY_sign_init(context.get()) == 1 &&
              EVP_PKEY_CTX_set_signature_md(context.get(), md) == 1,
          "begin a signature");
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = signature.size();
  require(EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                        reinterpret_cast<const unsigned char*>(digest.data()), digest.size()) == 1,
          "sign");
  signature.resize(size);
  return signature;
}

}  // namespace cinnabar::filekeys
