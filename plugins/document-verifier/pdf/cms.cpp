#include "cms.hpp"

#include "timestamp.hpp"

#include <cinnabar/bytes.hpp>
#include <openssl/err.h>
#include <openssl/sha.h>

#include <algorithm>

namespace cinnabar::pdf {

namespace {

std::string common_name(const X509_NAME* name) {
  for (const int nid : {NID_commonName, NID_organizationName}) {
    const int at = X509_NAME_get_index_by_NID(name, nid, -1);
    if (at < 0) continue;
    unsigned char* text = nullptr;
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    const int size = ASN1_STRING_to_UTF8(&text, value);
    if (size < 0) continue;
    std::string out(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    return out;
  }
  return {};
}

void describe_signer(X509* certificate, CmsResult& out) {
  out.signer = common_name(X509_get_subject_name(certificate));
  out.issuer = common_name(X509_get_issuer_name(certificate));
  unsigned char digest[SHA256_DIGEST_LENGTH];
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &size) == 1)
    out.certificate_sha256 = to_hex({reinterpret_cast<char*>(digest), size});
}

CmsResult malformed(const char* problem) {
  CmsResult out;
  out.problems.push_back(problem);
  return out;
}

// adbe.x509.rsa_sha1: Contents is a DER octet string with a PKCS#1 signature (ISO
// 32000-2 12.8.3.2).
CmsResult check_bare(std::string_view contents, const Parts& covered, std::string_view der) {
  const unsigned char* at = octets(contents);
  const Ssl<ASN1_OCTET_STRING> signature(
      d2i_ASN1_OCTET_STRING(nullptr, &at, static_cast<long>(contents.size())));
  const unsigned char* certificate_at = octets(der);
  const Ssl<X509> certificate(d2i_X509(nullptr, &certificate_at, static_cast<long>(der.size())));
  if (signature == nullptr || certificate == nullptr) return malformed("cms_malformed");
  CmsResult out;
  describe_signer(certificate.get(), out);
  const Ssl<X509_ALGOR> algorithm(X509_ALGOR_new());
  X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha1WithRSAEncryption), V_ASN1_NULL, nullptr);
  const Check check = check_signature(certificate.get(), algorithm.get(), EVP_sha1(), covered,
                                      view_of(signature.get()));
  out.intact = check == Check::good;
  if (!out.intact) out.problems.push_back("signature_value_wrong");
  return out;
}

Ssl<CMS_ContentInfo> parse(std::string_view contents) {
  const unsigned char* at = octets(contents);
  Ssl<CMS_ContentInfo> cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(contents.size())));
  if (cms == nullptr) return nullptr;
  // Behind the object only the padding of the reserved space may follow.
  const std::string_view rest = contents.substr(static_cast<std::size_t>(at - octets(contents)));
  if (rest.find_first_not_of('\0') != std::string_view::npos) return nullptr;
  return cms;
}

}  // namespace

CmsResult check_contents(std::string_view contents, const std::string& sub_filter,
                         const Parts& covered, std::string_view certificate) {
  ERR_clear_error();
  if (sub_filter == "adbe.x509.rsa_sha1") return check_bare(contents, covered, certificate);
  const Ssl<CMS_ContentInfo> cms = parse(contents);
  if (cms == nullptr || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed)
    return malformed("cms_malformed");
  ASN1_OCTET_STRING** enclosed = CMS_get0_content(cms.get());
  const bool has_content = enclosed != nullptr && *enclosed != nullptr;
  Parts content = covered;
  std::string expected;
  CmsResult out;
  if (sub_filter == "ETSI.RFC3161") {
    if (!has_content) return malformed("cms_malformed");
    content = {view_of(*enclosed)};
    out.timestamp = imprint_time(cms.get(), covered);
    if (out.timestamp.empty()) out.problems.push_back("digest_wrong");
  } else if (sub_filter == "adbe.pkcs7.sha1") {
    if (!has_content) return malformed("cms_malformed");
    content = {view_of(*enclosed)};
    if (view_of(*enclosed) != digest_of(EVP_sha1(), covered))
      out.problems.push_back("digest_wrong");
  } else if (has_content) {
    return malformed("cms_not_detached");
  }
  const SignersResult signers = check_signers(cms.get(), content);
  for (const std::string& problem : signers.problems) out.problems.push_back(problem);
  out.unsupported = signers.unsupported;
  out.intact = signers.good && out.problems.empty();
  if (signers.certificate != nullptr) describe_signer(signers.certificate.get(), out);
  if (sub_filter == "ETSI.RFC3161") return out;
  // A bad timestamp is told, but says nothing about the document itself.
  const TokenResult token = check_timestamp_token(cms.get());
  out.timestamp = token.time;
  if (token.present && token.time.empty()) out.problems.push_back("timestamp_invalid");
  return out;
}

}  // namespace cinnabar::pdf
