#include "signers.hpp"

#include <algorithm>

namespace cinnabar::pdf {

namespace {

// Two SignerInfos come from some older tools; more are an attempt to waste time.
constexpr int kSignersMax = 8;

// Authorities have given one serial number twice; more certificates of one name waste time.
constexpr std::size_t kCandidatesMax = 4;

std::vector<X509*> find_certificates(CMS_SignerInfo* signer,
                                     const std::vector<Ssl<X509>>& certificates) {
  std::vector<X509*> out;
  for (const Ssl<X509>& one : certificates)
    if (out.size() < kCandidatesMax && CMS_SignerInfo_cert_cmp(signer, one.get()) == 0)
      out.push_back(one.get());
  return out;
}

// The only value of a signed attribute; null when it is missing or not single.
const ASN1_TYPE* single_value(CMS_SignerInfo* signer, int nid) {
  const int at = CMS_signed_get_attr_by_NID(signer, nid, -1);
  if (at < 0 || CMS_signed_get_attr_by_NID(signer, nid, at) >= 0) return nullptr;
  X509_ATTRIBUTE* attribute = CMS_signed_get_attr(signer, at);
  return X509_ATTRIBUTE_count(attribute) == 1 ? X509_ATTRIBUTE_get0_type(attribute, 0) : nullptr;
}

std::string der_set(const std::vector<std::string>& members) {
  std::string body;
  for (const std::string& member : members) body += member;
  std::string out(1, '\x31');
  if (body.size() < 128) {
    out += static_cast<char>(body.size());
  } else {
    std::string length;
    for (std::size_t rest = body.size(); rest > 0; rest >>= 8)
      length.insert(length.begin(), static_cast<char>(rest & 255));
    out += static_cast<char>(0x80 | length.size());
    out += length;
  }
  return out + body;
}

// The signed attributes as what was signed: a SET OF in the order they stand, and in DER order,
// since some writers sign the one and store the other.
std::vector<std::string> attribute_sets(CMS_SignerInfo* signer) {
  std::vector<std::string> members;
  for (int i = 0; i < CMS_signed_get_attr_count(signer); ++i) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(signer, i), &der);
    if (size < 0) return {};
    members.emplace_back(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
  }
  std::vector<std::string> out{der_set(members)};
  std::sort(members.begin(), members.end(), [](const std::string& a, const std::string& b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
      return static_cast<unsigned char>(x) < static_cast<unsigned char>(y);
    });
  });
  const std::string sorted = der_set(members);
  if (sorted != out[0]) out.push_back(sorted);
  return out;
}

// Steps into a constructed value; false when the next value has another tag.
bool enter(const unsigned char*& at, const unsigned char* end, int tag, long& size) {
  int found = 0, kind = 0;
  const unsigned char* next = at;
  if (ASN1_get_object(&next, &size, &found, &kind, end - at) & 0x80) return false;
  if (kind != V_ASN1_UNIVERSAL || found != tag || size > end - next) return false;
  at = next;
  return true;
}

// The certificate hash in signing-certificate (RFC 2634) or -v2 (RFC 5035): first ESSCertID.
bool names_certificate(const ASN1_TYPE* value, const EVP_MD* default_digest, X509* certificate) {
  if (value == nullptr || value->type != V_ASN1_SEQUENCE) return false;
  const unsigned char* at = ASN1_STRING_get0_data(value->value.sequence);
  const unsigned char* end = at + ASN1_STRING_length(value->value.sequence);
  long size = 0;
  for (int level = 0; level < 3; ++level)
    if (!enter(at, end, V_ASN1_SEQUENCE, size)) return false;
  const EVP_MD* digest = default_digest;
  const unsigned char* algorithm_at = at;
  if (const Ssl<X509_ALGOR> algorithm(d2i_X509_ALGOR(nullptr, &algorithm_at, end - at));
      algorithm) {
    digest = digest_algorithm(algorithm.get());
    at = algorithm_at;
  }
  if (digest == nullptr || !enter(at, end, V_ASN1_OCTET_STRING, size)) return false;
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned hash_size = 0;
  if (X509_digest(certificate, digest, hash, &hash_size) != 1) return false;
  return size == static_cast<long>(hash_size) && std::equal(hash, hash + hash_size, at);
}

// An attribute that names the signing certificate must name this one.
bool signing_certificate_agrees(CMS_SignerInfo* signer, X509* certificate) {
  constexpr std::pair<int, const EVP_MD* (*)()> kAttributes[] = {
      {NID_id_smime_aa_signingCertificateV2, EVP_sha256},
      {NID_id_smime_aa_signingCertificate, EVP_sha1}};
  for (const auto& [nid, digest] : kAttributes)
    if (CMS_signed_get_attr_by_NID(signer, nid, -1) >= 0 &&
        !names_certificate(single_value(signer, nid), digest(), certificate))
      return false;
  return true;
}

Check check_attributes(CMS_ContentInfo* cms, CMS_SignerInfo* signer, X509* certificate,
                       const X509_ALGOR* algorithm, const EVP_MD* digest, const Parts& content,
                       Digests& digests, std::vector<std::string>& problems) {
  const ASN1_TYPE* type = single_value(signer, NID_pkcs9_contentType);
  if (type == nullptr || type->type != V_ASN1_OBJECT ||
      OBJ_cmp(type->value.object, CMS_get0_eContentType(cms)) != 0)
    problems.push_back("content_type_wrong");
  const ASN1_TYPE* message = single_value(signer, NID_pkcs9_messageDigest);
  if (message == nullptr || message->type != V_ASN1_OCTET_STRING ||
      view_of(message->value.octet_string) != digests.of(digest, content))
    problems.push_back("digest_wrong");
  if (!signing_certificate_agrees(signer, certificate))
    problems.push_back("signing_certificate_wrong");
  const std::string_view signature = view_of(CMS_SignerInfo_get0_signature(signer));
  Check result = Check::bad;
  for (const std::string& set : attribute_sets(signer)) {
    result = check_signature(certificate, algorithm, digest, {set}, signature);
    if (result != Check::bad) break;
  }
  return result;
}

struct SignerResult {
  X509* certificate = nullptr;
  Check check = Check::bad;
  std::vector<std::string> problems;

  bool good() const { return check == Check::good && problems.empty(); }
};

// By the certificate under which the signature is good; where there is none, by the first.
SignerResult check_signer(CMS_ContentInfo* cms, CMS_SignerInfo* signer,
                          const std::vector<X509*>& candidates, const Parts& content,
                          Digests& digests) {
  X509_ALGOR *digest_id = nullptr, *algorithm = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest_id, &algorithm);
  const EVP_MD* digest = digest_algorithm(digest_id);
  SignerResult first;
  for (X509* certificate : candidates) {
    SignerResult one;
    one.certificate = certificate;
    one.check = CMS_signed_get_attr_count(signer) > 0
                    ? check_attributes(cms, signer, certificate, algorithm, digest, content,
                                       digests, one.problems)
                    : check_signature(certificate, algorithm, digest, content,
                                      view_of(CMS_SignerInfo_get0_signature(signer)));
    if (one.good()) return one;
    if (first.certificate == nullptr) first = std::move(one);
  }
  return first;
}

void describe(CMS_SignerInfo* signer, X509* certificate, SignersResult& out) {
  X509_ALGOR* digest_id = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest_id, nullptr);
  const EVP_MD* digest = digest_algorithm(digest_id);
  out.certificate = shared(certificate);
  if (digest != nullptr) out.digest = OBJ_nid2sn(EVP_MD_get_type(digest));
  out.names_certificate =
      CMS_signed_get_attr_by_NID(signer, NID_id_smime_aa_signingCertificateV2, -1) >= 0 ||
      CMS_signed_get_attr_by_NID(signer, NID_id_smime_aa_signingCertificate, -1) >= 0;
}

}  // namespace

SignersResult check_signers(const Container& container, const Parts& content, Digests& digests) {
  SignersResult out;
  CMS_ContentInfo* cms = container.cms.get();
  STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms);
  const int count = signers != nullptr ? sk_CMS_SignerInfo_num(signers) : 0;
  if (count < 1 || count > kSignersMax) {
    out.problems.push_back("cms_malformed");
    return out;
  }
  for (const Ssl<X509>& one : container.certificates) out.certificates.push_back(shared(one.get()));
  for (int i = 0; i < count; ++i) {
    CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(signers, i);
    const std::vector<X509*> candidates = find_certificates(signer, container.certificates);
    if (candidates.empty()) {
      out.problems.push_back("signer_certificate_missing");
      continue;
    }
    const SignerResult result = check_signer(cms, signer, candidates, content, digests);
    if (out.certificate == nullptr) describe(signer, result.certificate, out);
    out.problems.insert(out.problems.end(), result.problems.begin(), result.problems.end());
    if (result.check == Check::bad) out.problems.push_back("signature_value_wrong");
    if (result.check == Check::unsupported) {
      out.unsupported = true;
      out.problems.push_back("algorithm_unsupported");
    }
  }
  out.good = out.problems.empty();
  return out;
}

}  // namespace cinnabar::pdf
