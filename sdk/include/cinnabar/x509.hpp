// Certificates of outside authorities, read and chained by libcrypto: handles that free themselves,
// files of certificates, and the path from a leaf to an anchor. Needs libcrypto. Stateless; any
// thread, a handle belongs to one.
#pragma once

#include <cinnabar/error.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::x509 {

template <auto Free>
struct Freeing {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Certificates = std::vector<Certificate>;
using TrustStore = std::unique_ptr<X509_STORE, Freeing<X509_STORE_free>>;

// Of libcrypto's last error, for an operator; the queue is then empty.
inline std::string last_reason() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  const char* data = nullptr;
  int flags = 0;
  ERR_peek_last_error_all(nullptr, nullptr, nullptr, &data, &flags);
  std::string text = reason ? reason : "no reason is given";
  if (data && *data && (flags & ERR_TXT_STRING)) text += " (" + std::string(data) + ")";
  ERR_clear_error();
  return text;
}

// Null when it is no certificate.
inline Certificate from_der(std::string_view der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  return certificate;
}

inline std::string to_der(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size > 0 ? size : 0));
  OPENSSL_free(der);
  return out;
}

// All certificates of a PEM text.
inline Certificates from_pem(std::string_view pem) {
  Certificates out;
  const std::unique_ptr<BIO, Freeing<BIO_free_all>> in(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  while (X509* certificate = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr))
    out.emplace_back(certificate);
  ERR_clear_error();
  return out;
}

inline bool is_self_issued(X509* certificate) {
  return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
}

inline std::string serial_hex(X509* certificate) {
  const std::unique_ptr<BIGNUM, Freeing<BN_free>> number(
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

inline std::int64_t time_ms(const ASN1_TIME* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return static_cast<std::int64_t>(timegm(&parts)) * 1000;
}

// The same certificates once more.
inline Certificates copies(const Certificates& certificates) {
  Certificates out;
  for (const Certificate& certificate : certificates) {
    X509_up_ref(certificate.get());
    out.emplace_back(certificate.get());
  }
  return out;
}

// The roots among the certificates are trusted, each of them an anchor; the rest helps to find the
// way.
inline TrustStore trust(const Certificates& certificates) {
  TrustStore store(X509_STORE_new());
  for (const Certificate& certificate : certificates)
    if (is_self_issued(certificate.get())) X509_STORE_add_cert(store.get(), certificate.get());
  return store;
}

// The path from the leaf to a trusted root, both included. `purpose`: of libcrypto, or -1 for any.
// Throws std::string, why there is none.
inline Certificates path(X509* leaf, const Certificates& known, X509_STORE* store, int purpose) {
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> untrusted(
      sk_X509_new_null(), [](STACK_OF(X509) * s) { sk_X509_free(s); });
  for (const Certificate& certificate : known) sk_X509_push(untrusted.get(), certificate.get());
  const std::unique_ptr<X509_STORE_CTX, Freeing<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store, leaf, untrusted.get());
  if (purpose >= 0) X509_STORE_CTX_set_purpose(context.get(), purpose);
  if (X509_verify_cert(context.get()) != 1) {
    ERR_clear_error();
    throw std::string(X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())));
  }
  Certificates out;
  STACK_OF(X509)* found = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(found); ++i) {
    X509* certificate = sk_X509_value(found, i);
    X509_up_ref(certificate);
    out.emplace_back(certificate);
  }
  return out;
}

}  // namespace cinnabar::x509
