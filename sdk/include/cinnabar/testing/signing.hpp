// Stand-ins for tests of whatever signs: a key store in memory and certificates over its keys,
// made by libcrypto's own builder, so that ours is not tested by itself. Needs libcrypto. Not for
// production: keys are neither sealed nor wiped. MemoryKeys: any thread.
#pragma once

#include <cinnabar/digest_state.hpp>
#include <cinnabar/tables.hpp>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <map>
#include <mutex>
#include <stdexcept>

namespace cinnabar::testing {

class MemoryKeys final : public KeyStore {
 public:
  ~MemoryKeys() override {
    for (const auto& [id, key] : keys_) EVP_PKEY_free(key);
  }

  std::string create(std::string_view algorithm) override {
    EVP_PKEY* key = algorithm == "ec-p256"    ? EVP_EC_gen("P-256")
                    : algorithm == "ec-p384"  ? EVP_EC_gen("P-384")
                    : algorithm == "rsa-4096" ? EVP_RSA_gen(4096)
                    : algorithm == "rsa-3072" ? EVP_RSA_gen(3072)
                                              : EVP_RSA_gen(2048);
    const std::lock_guard lock(mutex_);
    const std::string id = "key_" + std::to_string(keys_.size() + 1);
    keys_.emplace(id, key);
    return id;
  }
  std::string public_key(std::string_view id) override {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(raw(id), &der);
    std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return out;
  }
  std::string sign(std::string_view id, std::string_view algorithm,
                   std::string_view digest) override {
    EVP_PKEY* key = raw(id);
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key, nullptr);
    EVP_PKEY_sign_init(context);
    EVP_PKEY_CTX_set_signature_md(context, algorithm == "sha384" ? EVP_sha384() : EVP_sha256());
    std::string out(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
    std::size_t size = out.size();
    const int good =
        EVP_PKEY_sign(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                      reinterpret_cast<const unsigned char*>(digest.data()), digest.size());
    EVP_PKEY_CTX_free(context);
    if (good != 1) throw Error("key.digest_unfit");
    out.resize(size);
    return out;
  }
  void destroy(std::string_view id) override {
    const std::lock_guard lock(mutex_);
    const auto at = keys_.find(std::string(id));
    if (at == keys_.end()) throw Error("key.not_found");
    EVP_PKEY_free(at->second);
    keys_.erase(at);
  }

  EVP_PKEY* raw(std::string_view id) {
    const std::lock_guard lock(mutex_);
    const auto at = keys_.find(std::string(id));
    if (at == keys_.end()) throw Error("key.not_found", {{"key", std::string(id)}});
    return at->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, EVP_PKEY*> keys_;
};

// A key with a chain of certificates: its own, then up to the root.
struct TestIdentity {
  std::string key;
  std::vector<std::string> chain;  // DER
};

struct CertificateOptions {
  std::string name = "Test Signer";
  std::string algorithm = "ec-p256";
  bool authority = false;
  bool timestamping = false;
};

// A certificate by the issuer, or by itself when there is none.
inline TestIdentity make_identity(MemoryKeys& keys, const CertificateOptions& options,
                                  const TestIdentity* issuer = nullptr) {
  TestIdentity identity;
  identity.key = keys.create(options.algorithm);
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  static std::int64_t serial = 0x4711'0000;
  ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 10 * 86'400L);
  X509_set_pubkey(certificate, keys.raw(identity.key));
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(options.name.data()),
                             static_cast<int>(options.name.size()), -1, 0);
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509* issuer_certificate = certificate;
  if (issuer) {
    const auto* der = reinterpret_cast<const unsigned char*>(issuer->chain.front().data());
    issuer_certificate = d2i_X509(nullptr, &der, static_cast<long>(issuer->chain.front().size()));
  }
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer_certificate));
  X509V3_set_ctx(&context, issuer_certificate, certificate, nullptr, nullptr, 0);
  const auto extend = [&](int kind, const char* value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  };
  extend(NID_basic_constraints, options.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  extend(NID_key_usage, options.authority ? "critical,keyCertSign,cRLSign"
                                          : "critical,digitalSignature,nonRepudiation");
  if (options.timestamping) extend(NID_ext_key_usage, "critical,timeStamping");
  X509_sign(certificate, keys.raw(issuer ? issuer->key : identity.key), EVP_sha256());

  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  identity.chain.emplace_back(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  if (issuer) {
    identity.chain.insert(identity.chain.end(), issuer->chain.begin(), issuer->chain.end());
    X509_free(issuer_certificate);
  }
  X509_free(certificate);
  return identity;
}

// A DER certificate as PEM, for tools.
inline std::string to_pem(std::string_view certificate) {
  const std::string text = to_base64(certificate);
  std::string out = "-----BEGIN CERTIFICATE-----\n";
  for (std::size_t i = 0; i < text.size(); i += 64) out += text.substr(i, 64) + "\n";
  return out + "-----END CERTIFICATE-----\n";
}

}  // namespace cinnabar::testing
