// Public keys as authenticators give them (COSE, RFC 9053): ES256, RS256 and EdDSA over Ed25519,
// and signatures by them. Needs libcrypto. Values; any thread.
#pragma once

#include <cinnabar/webauthn/cbor.hpp>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>

namespace cinnabar::webauthn {

inline constexpr std::int64_t kEs256 = -7, kEdDsa = -8, kRs256 = -257;

class CoseKey {
 public:
  // Nothing when it is none of the three, or no point or modulus that may be.
  static std::optional<CoseKey> read(std::string_view bytes) {
    CborReader reader(bytes);
    const auto map = reader.next();
    if (!map || map->kind != Cbor::Kind::map || !reader.at_end()) return std::nullopt;
    return from(*map);
  }
  static std::optional<CoseKey> from(const Cbor& map) {
    const Cbor *type = map.member(1), *algorithm = map.member(3);
    if (!type || !algorithm || type->kind != Cbor::Kind::integer ||
        algorithm->kind != Cbor::Kind::integer)
      return std::nullopt;
    CoseKey key;
    key.algorithm_ = algorithm->integer;
    if (type->integer == 2 && key.algorithm_ == kEs256) key.key_ = ec(map);
    if (type->integer == 3 && key.algorithm_ == kRs256) key.key_ = rsa(map);
    if (type->integer == 1 && key.algorithm_ == kEdDsa) key.key_ = ed25519(map);
    if (!key.key_) return std::nullopt;
    return key;
  }

  std::int64_t algorithm() const { return algorithm_; }

  bool verifies(std::string_view message, std::string_view signature) const {
    const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
    const EVP_MD* digest = algorithm_ == kEdDsa ? nullptr : EVP_sha256();
    return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1 &&
           EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message),
                            message.size()) == 1;
  }

 private:
  struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  struct FreeContext {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  };
  struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  struct FreeBuild {
    void operator()(OSSL_PARAM_BLD* build) const { OSSL_PARAM_BLD_free(build); }
  };
  struct FreeParams {
    void operator()(OSSL_PARAM* params) const { OSSL_PARAM_free(params); }
  };
  struct FreeNumber {
    void operator()(BIGNUM* number) const { BN_free(number); }
  };
  using Key = std::shared_ptr<EVP_PKEY>;
  using Build = std::unique_ptr<OSSL_PARAM_BLD, FreeBuild>;

  static const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  }
  static const std::string* bytes(const Cbor& map, std::int64_t key) {
    const Cbor* value = map.member(key);
    return value && value->kind == Cbor::Kind::bytes ? &value->bytes : nullptr;
  }
  static bool on_curve(const Cbor& map, std::int64_t curve) {
    const Cbor* value = map.member(-1);
    return value && value->kind == Cbor::Kind::integer && value->integer == curve;
  }
  static Key made(const char* kind, const Build& build) {
    const std::unique_ptr<OSSL_PARAM, FreeParams> params(OSSL_PARAM_BLD_to_param(build.get()));
    const std::unique_ptr<EVP_PKEY_CTX, FreeContext> context(
        EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
      return nullptr;
    Key out(key, FreeKey());
    const std::unique_ptr<EVP_PKEY_CTX, FreeContext> check(EVP_PKEY_CTX_new(key, nullptr));
    return EVP_PKEY_public_check(check.get()) == 1 ? out : nullptr;
  }
  static Key ec(const Cbor& map) {
    const std::string *x = bytes(map, -2), *y = bytes(map, -3);
    if (!on_curve(map, 1) || !x || !y || x->size() != 32 || y->size() != 32) return nullptr;
    const std::string point = "\x04" + *x + *y;
    const Build build(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                     point.size());
    return made("EC", build);
  }
  static Key rsa(const Cbor& map) {
    const std::string *n = bytes(map, -1), *e = bytes(map, -2);
    // 2048 to 4096 bits; an exponent beyond four bytes is nobody's.
    if (!n || !e || n->size() < 256 || n->size() > 512 || e->empty() || e->size() > 4 ||
        static_cast<unsigned char>((*n)[0]) < 0x80)
      return nullptr;
    const std::unique_ptr<BIGNUM, FreeNumber> modulus(
        BN_bin2bn(octets(*n), static_cast<int>(n->size()), nullptr)),
        exponent(BN_bin2bn(octets(*e), static_cast<int>(e->size()), nullptr));
    const Build build(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
    OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
    return made("RSA", build);
  }
  static Key ed25519(const Cbor& map) {
    const std::string* x = bytes(map, -2);
    if (!on_curve(map, 6) || !x || x->size() != 32) return nullptr;
    return Key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(*x), x->size()),
               FreeKey());
  }

  Key key_;
  std::int64_t algorithm_ = 0;
};

}  // namespace cinnabar::webauthn
