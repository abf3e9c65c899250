// FakeAuthenticator: a passkey's other side, for tests: a browser with an authenticator that holds
// one key. What it does wrong, a test sets before it asks. Needs libcrypto. One thread.
#pragma once

#include <cinnabar/webauthn/ceremony.hpp>

#include <openssl/ec.h>
#include <openssl/rsa.h>

namespace cinnabar::testing {

class FakeAuthenticator {
 public:
  explicit FakeAuthenticator(std::int64_t algorithm = webauthn::kEs256) : algorithm_(algorithm) {
    EVP_PKEY* key = algorithm == webauthn::kEs256 ? EVP_EC_gen("P-256")
                    : algorithm == webauthn::kRs256
                        ? EVP_RSA_gen(2048)
                        : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    key_ = std::shared_ptr<EVP_PKEY>(key, [](EVP_PKEY* one) { EVP_PKEY_free(one); });
  }

  std::string origin = "http://localhost:8080";
  std::string rp_id = "localhost";
  std::string id = "credential-1";
  unsigned char flags = 0x05;  // present, verified
  std::uint32_t counter = 0;
  std::string more_client_data;  // more members, with a comma before them
  bool self_attested = false;

  webauthn::Registration register_for(std::string_view challenge) {
    webauthn::Registration out;
    out.client_data = client_data("webauthn.create", challenge);
    const std::string key = cose(), aaguid(16, '\x01');
    const std::string data = head(flags | 0x40) + aaguid +
                             std::string{static_cast<char>(id.size() >> 8),
                                         static_cast<char>(id.size() & 0xff)} +
                             id + key;
    std::string statement = "\xa0";
    if (self_attested)
      statement = "\xa2" + text("alg") + integer(algorithm_) + text("sig") +
                  bytes(sign(data + webauthn::detail::sha256(out.client_data)));
    out.attestation = "\xa3" + text("fmt") + text(self_attested ? "packed" : "none") +
                      text("attStmt") + statement + text("authData") + bytes(data);
    return out;
  }

  webauthn::Assertion agree_to(std::string_view challenge) {
    webauthn::Assertion out;
    out.credential_id = id;
    out.client_data = client_data("webauthn.get", challenge);
    out.authenticator_data = head(flags);
    out.signature = sign(out.authenticator_data + webauthn::detail::sha256(out.client_data));
    return out;
  }

  static std::string text(std::string_view value) { return sized(0x60, value); }
  static std::string bytes(std::string_view value) { return sized(0x40, value); }
  static std::string integer(std::int64_t value) {
    return value < 0 ? number(0x20, static_cast<std::uint64_t>(-1 - value))
                     : number(0, static_cast<std::uint64_t>(value));
  }

 private:
  static std::string number(int major, std::uint64_t value) {
    std::string out;
    if (value < 24) return {static_cast<char>(major | static_cast<int>(value))};
    const int count = value < 0x100 ? 1 : value < 0x10000 ? 2 : 4;
    out += static_cast<char>(major | (count == 1 ? 24 : count == 2 ? 25 : 26));
    for (int i = count - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xff);
    return out;
  }
  static std::string sized(int major, std::string_view value) {
    return number(major, value.size()) + std::string(value);
  }

  std::string client_data(const char* type, std::string_view challenge) const {
    return std::string("{\"type\":\"") + type + "\",\"challenge\":\"" +
           webauthn::detail::base64url(challenge) + "\",\"origin\":\"" + origin +
           "\",\"crossOrigin\":false" + more_client_data + "}";
  }
  std::string head(int all_flags) {
    std::string out = webauthn::detail::sha256(rp_id) + static_cast<char>(all_flags);
    for (int i = 3; i >= 0; --i) out += static_cast<char>(counter >> (8 * i) & 0xff);
    return out;
  }
  std::string sign(std::string_view message) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    std::size_t size = 0;
    std::string out;
    const auto* in = reinterpret_cast<const unsigned char*>(message.data());
    EVP_DigestSignInit(context, nullptr,
                       algorithm_ == webauthn::kEdDsa ? nullptr : EVP_sha256(), nullptr,
                       key_.get());
    EVP_DigestSign(context, nullptr, &size, in, message.size());
    out.resize(size);
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size, in,
                   message.size());
    out.resize(size);
    EVP_MD_CTX_free(context);
    return out;
  }
  std::string part(const char* name, std::size_t size) const {
    BIGNUM* value = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &value);
    std::string out(size ? size : static_cast<std::size_t>(BN_num_bytes(value)), '\0');
    BN_bn2binpad(value, reinterpret_cast<unsigned char*>(out.data()),
                 static_cast<int>(out.size()));
    BN_free(value);
    return out;
  }
  std::string cose() const {
    if (algorithm_ == webauthn::kEs256)
      return "\xa5" + integer(1) + integer(2) + integer(3) + integer(algorithm_) + integer(-1) +
             integer(1) + integer(-2) + bytes(part(OSSL_PKEY_PARAM_EC_PUB_X, 32)) + integer(-3) +
             bytes(part(OSSL_PKEY_PARAM_EC_PUB_Y, 32));
    if (algorithm_ == webauthn::kRs256)
      return "\xa4" + integer(1) + integer(3) + integer(3) + integer(algorithm_) + integer(-1) +
             bytes(part(OSSL_PKEY_PARAM_RSA_N, 0)) + integer(-2) +
             bytes(part(OSSL_PKEY_PARAM_RSA_E, 0));
    std::string raw(32, '\0');
    std::size_t size = raw.size();
    EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(raw.data()), &size);
    return "\xa4" + integer(1) + integer(1) + integer(3) + integer(algorithm_) + integer(-1) +
           integer(6) + integer(-2) + bytes(raw);
  }

  std::shared_ptr<EVP_PKEY> key_;
  std::int64_t algorithm_;
};

}  // namespace cinnabar::testing
