#include "cms.hpp"

#include <cinnabar/bytes.hpp>
#include <openssl/err.h>
#include <openssl/sha.h>

#include <algorithm>

namespace cinnabar::pdf {

namespace {

// CRLs and OCSP responses of one signature that are looked at.
constexpr std::size_t kRevocationsMax = 100;

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
  const Ssl<X509> certificate = read_certificate(der);
  if (signature == nullptr || certificate == nullptr) return malformed("cms_malformed");
  CmsResult out;
  describe_signer(certificate.get(), out);
  out.certificate = shared(certificate.get());
  out.digest = "SHA1";
  const Ssl<X509_ALGOR> algorithm(X509_ALGOR_new());
  X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha1WithRSAEncryption), V_ASN1_NULL, nullptr);
  const Check check = check_signature(certificate.get(), algorithm.get(), EVP_sha1(), covered,
                                      view_of(signature.get()));
  out.intact = check == Check::good;
  if (!out.intact) out.problems.push_back("signature_value_wrong");
  return out;
}

// Adobe's revocation archive (ISO 32000-2 12.8.3.3.2): [0] CRLs, [1] OCSP responses, each a
// sequence.
void read_archive(std::string_view der, CmsResult& out) {
  const unsigned char *at = octets(der), *end = at + der.size();
  long size = 0;
  int tag = 0, kind = 0;
  if ((ASN1_get_object(&at, &size, &tag, &kind, end - at) & 0x80) != 0) return;
  while (at < end && (ASN1_get_object(&at, &size, &tag, &kind, end - at) & 0x80) == 0 &&
         size <= end - at) {
    const unsigned char* group_end = at + size;
    if (kind != V_ASN1_CONTEXT_SPECIFIC || tag > 1) return;
    std::vector<std::string>& items = tag == 0 ? out.crls : out.ocsps;
    int inner = 0;
    if ((ASN1_get_object(&at, &size, &inner, &kind, group_end - at) & 0x80) != 0) return;
    while (at < group_end && items.size() < kRevocationsMax) {
      const unsigned char* item = at;
      if ((ASN1_get_object(&at, &size, &inner, &kind, group_end - at) & 0x80) != 0 ||
          size > group_end - at)
        return;
      at += size;
      items.emplace_back(reinterpret_cast<const char*>(item), static_cast<std::size_t>(at - item));
    }
    at = group_end;
  }
}

void collect_revocation(CMS_ContentInfo* cms, CmsResult& out) {
  const Ssl<STACK_OF(X509_CRL)> crls(CMS_get1_crls(cms));
  for (int i = 0; i < sk_X509_CRL_num(crls.get()) && out.crls.size() < kRevocationsMax; ++i) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_CRL(sk_X509_CRL_value(crls.get(), i), &der);
    if (size <= 0) continue;
    out.crls.emplace_back(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
  }
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
  static const std::unique_ptr<ASN1_OBJECT, void (*)(ASN1_OBJECT*)> kArchive(
      OBJ_txt2obj("1.2.840.113583.1.1.8", 1), ASN1_OBJECT_free);
  const int at =
      signer == nullptr ? -1 : CMS_signed_get_attr_by_OBJ(signer, kArchive.get(), -1);
  if (at < 0) return;
  const ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(CMS_signed_get_attr(signer, at), 0);
  if (value != nullptr && value->type == V_ASN1_SEQUENCE)
    read_archive(view_of(value->value.sequence), out);
}

// What some enclose although it is detached: nothing, or the covered bytes themselves.
bool is_same(std::string_view enclosed, const Parts& covered) {
  if (enclosed.empty()) return true;
  for (const std::string_view part : covered) {
    if (enclosed.substr(0, part.size()) != part) return false;
    enclosed.remove_prefix(part.size());
  }
  return enclosed.empty();
}

Container parse(std::string_view contents) {
  Container out = read_container(contents);
  // Behind the object only the padding of the reserved space may follow.
  const std::string_view rest = contents.substr(out.size);
  if (rest.find_first_not_of('\0') != std::string_view::npos) return {};
  return out;
}

}  // namespace

CmsResult check_contents(std::string_view contents, const std::string& sub_filter,
                         const Parts& covered, std::string_view certificate, Digests& digests) {
  ERR_clear_error();
  if (sub_filter == "adbe.x509.rsa_sha1") return check_bare(contents, covered, certificate);
  const Container container = parse(contents);
  CMS_ContentInfo* cms = container.cms.get();
  if (cms == nullptr) return malformed("cms_malformed");
  if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed) {
    // The Chinese containers have an object identifier of their own.
    CmsResult out = malformed("format_unsupported");
    out.unsupported = true;
    return out;
  }
  ASN1_OCTET_STRING** enclosed = CMS_get0_content(cms);
  const bool has_content = enclosed != nullptr && *enclosed != nullptr;
  Parts content = covered;
  std::string expected;
  CmsResult out;
  if (sub_filter == "ETSI.RFC3161") {
    if (!has_content) return malformed("cms_malformed");
    content = {view_of(*enclosed)};
    out.timestamp = imprint_time(cms, covered, digests);
    if (out.timestamp.empty()) out.problems.push_back("digest_wrong");
  } else if (sub_filter == "adbe.pkcs7.sha1") {
    if (!has_content) return malformed("cms_malformed");
    content = {view_of(*enclosed)};
    if (view_of(*enclosed) != digests.of(EVP_sha1(), covered))
      out.problems.push_back("digest_wrong");
  } else if (has_content && !is_same(view_of(*enclosed), covered)) {
    return malformed("cms_not_detached");
  }
  SignersResult signers = check_signers(container, content, digests);
  for (const std::string& problem : signers.problems) out.problems.push_back(problem);
  out.unsupported = signers.unsupported;
  out.intact = signers.good && out.problems.empty();
  if (signers.certificate != nullptr) describe_signer(signers.certificate.get(), out);
  out.certificate = std::move(signers.certificate);
  out.certificates = std::move(signers.certificates);
  out.digest = signers.digest;
  out.names_certificate = signers.names_certificate;
  collect_revocation(cms, out);
  if (sub_filter == "ETSI.RFC3161") return out;
  // A bad timestamp is told, but says nothing about the document itself.
  out.token = check_timestamp_token(cms, digests);
  out.timestamp = out.token.time;
  if (out.token.present && out.token.time.empty()) out.problems.push_back("timestamp_invalid");
  return out;
}

}  // namespace cinnabar::pdf
