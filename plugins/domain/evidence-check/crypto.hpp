// libcrypto for the checks: certificates, chains at a time, CMS. Errors become reasons in English.
// Pure; any thread.
#pragma once

#include <openssl/cms.h>
#include <openssl/x509.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cinnabar::evidence {

struct FreeOpenssl {
  void operator()(X509* p) const { X509_free(p); }
  void operator()(X509_STORE* p) const { X509_STORE_free(p); }
  void operator()(X509_STORE_CTX* p) const { X509_STORE_CTX_free(p); }
  void operator()(CMS_ContentInfo* p) const { CMS_ContentInfo_free(p); }
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(STACK_OF(X509) * p) const { sk_X509_pop_free(p, X509_free); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeOpenssl>;

Owned<X509> read_x509(std::string_view der);  // null: it is none
std::string der_of(X509* certificate);
std::int64_t not_before_ms(const X509* certificate);
std::int64_t not_after_ms(const X509* certificate);
bool self_issued(const X509* certificate);
std::string common_name(const X509* certificate);
// serialNumber of the subject: whom the certificate was issued to, by our own id.
std::string subject_id(const X509* certificate);

// Whether the certificate leads to one of the roots at a time, over the others; the reason why not,
// or empty.
std::string path_fault(X509* certificate, const std::vector<std::string>& others,
                       const std::vector<std::string>& roots, std::int64_t time_ms);

// A CMS signature whose content, signer and timestamp are told apart.
struct CmsOpened {
  std::string fault;        // why it cannot be right; empty: it is
  std::string certificate;  // DER, of its one signer
  std::vector<std::string> certificates;
  std::string signature;    // the signature's value
  std::string token;        // of the timestamp over it; empty: none
};
// Detached over the content; an empty content: the token's own, which is given back in `content`.
CmsOpened open_cms(std::string_view der, std::string_view content, std::string* own_content);

// The time in a timestamp token over the digest, checked but for the trust in its signer.
struct TokenOpened {
  std::string fault;
  std::int64_t time_ms = 0;
  std::string certificate;
  std::vector<std::string> certificates;
};
TokenOpened open_token(std::string_view token, std::string_view stamped);

}  // namespace cinnabar::evidence
