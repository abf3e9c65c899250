#include "trust.hpp"

#include <cinnabar/bytes.hpp>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

namespace cinnabar::pdf {

namespace {

// Certificates from a signer to an anchor.
constexpr int kChainMax = 10;

CertificateReport report_of(X509* certificate) {
  CertificateReport out;
  out.subject = common_name(X509_get_subject_name(certificate));
  out.issuer = common_name(X509_get_issuer_name(certificate));
  const Ssl<BIGNUM> serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  if (serial != nullptr) {
    char* hex = BN_bn2hex(serial.get());
    if (hex != nullptr) out.serial = hex;
    OPENSSL_free(hex);
  }
  unsigned char digest[SHA256_DIGEST_LENGTH];
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &size) == 1)
    out.sha256 = to_hex({reinterpret_cast<char*>(digest), size});
  out.not_before = rfc3339(X509_get0_notBefore(certificate));
  out.not_after = rfc3339(X509_get0_notAfter(certificate));
  return out;
}

std::string code_of(int error) {
  switch (error) {
    case X509_V_OK: return "trusted";
    case X509_V_ERR_CERT_HAS_EXPIRED: return "expired";
    case X509_V_ERR_CERT_NOT_YET_VALID: return "not_yet_valid";
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN: return "purpose_wrong";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: return "no_path";
    default: return "chain_broken";
  }
}

STACK_OF(X509) * stack_of(const std::vector<Ssl<X509>>& certificates) {
  STACK_OF(X509)* out = sk_X509_new_null();
  for (const Ssl<X509>& certificate : certificates) sk_X509_push(out, certificate.get());
  return out;
}

X509* find_issuer(X509* certificate, const Material& material) {
  for (const Ssl<X509>& one : material.certificates)
    if (X509_check_issued(one.get(), certificate) == X509_V_OK &&
        X509_verify(certificate, X509_get0_pubkey(one.get())) == 1)
      return one.get();
  return nullptr;
}

// The signatures of a document share their authorities: each link is checked once.
X509* issuer_of(X509* certificate, const Material& material) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &size) != 1) return nullptr;
  const std::string key(reinterpret_cast<char*>(digest), size);
  const auto known = material.issuers.find(key);
  if (known != material.issuers.end()) return known->second;
  return material.issuers[key] = find_issuer(certificate, material);
}

std::time_t seconds(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return timegm(&parts);
}

// The response is signed by the issuer, or by one whom the issuer made a responder.
bool responder_is_right(OCSP_BASICRESP* response, X509* issuer) {
  X509* signer = nullptr;
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> issuers(
      sk_X509_new_null(), [](STACK_OF(X509) * p) { sk_X509_free(p); });
  sk_X509_push(issuers.get(), issuer);
  if (OCSP_resp_get0_signer(response, &signer, issuers.get()) != 1) return false;
  // NOVERIFY leaves out the responder's chain, which is judged below, not the signature.
  if (OCSP_basic_verify(response, issuers.get(), nullptr, OCSP_TRUSTOTHER | OCSP_NOVERIFY) != 1)
    return false;
  if (X509_cmp(signer, issuer) == 0) return true;
  return X509_check_issued(issuer, signer) == X509_V_OK &&
         X509_verify(signer, X509_get0_pubkey(issuer)) == 1 &&
         (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) != 0;
}

void take(RevocationReport& out, const char* source, bool revoked, const ASN1_TIME* when,
          std::time_t time) {
  if (!revoked) {
    if (out.code == "unknown") out = {"good", "", source};
    return;
  }
  const bool later = seconds(when) > time;
  if (later && out.code == "revoked") return;
  out = {later ? "revoked_later" : "revoked", rfc3339(when), source};
}

void ask_ocsps(X509* certificate, X509* issuer, const Material& material, std::time_t time,
               RevocationReport& out) {
  for (const Ssl<OCSP_BASICRESP>& response : material.ocsps) {
    for (int i = 0; i < OCSP_resp_count(response.get()); ++i) {
      OCSP_SINGLERESP* single = OCSP_resp_get0(response.get(), i);
      const OCSP_CERTID* named = OCSP_SINGLERESP_get0_id(single);
      ASN1_OBJECT* digest = nullptr;
      OCSP_id_get0_info(nullptr, &digest, nullptr, nullptr, const_cast<OCSP_CERTID*>(named));
      const EVP_MD* algorithm = digest != nullptr ? EVP_get_digestbyobj(digest) : nullptr;
      const Ssl<OCSP_CERTID> own(OCSP_cert_to_id(algorithm, certificate, issuer));
      if (own == nullptr || OCSP_id_cmp(own.get(), named) != 0) continue;
      int reason = 0;
      ASN1_GENERALIZEDTIME *revoked_at = nullptr, *next = nullptr;
      const int status = OCSP_single_get0_status(single, &reason, &revoked_at, nullptr, &next);
      if (status == V_OCSP_CERTSTATUS_UNKNOWN || (next != nullptr && seconds(next) < time))
        continue;
      if (!responder_is_right(response.get(), issuer)) continue;
      take(out, "ocsp", status == V_OCSP_CERTSTATUS_REVOKED, revoked_at, time);
    }
  }
}

void ask_crls(X509* certificate, X509* issuer, const Material& material, std::time_t time,
              RevocationReport& out) {
  for (const Ssl<X509_CRL>& crl : material.crls) {
    if (X509_NAME_cmp(X509_CRL_get_issuer(crl.get()), X509_get_subject_name(issuer)) != 0)
      continue;
    const ASN1_TIME* next = X509_CRL_get0_nextUpdate(crl.get());
    if (next != nullptr && seconds(next) < time) continue;
    if (X509_CRL_verify(crl.get(), X509_get0_pubkey(issuer)) != 1) continue;
    X509_REVOKED* entry = nullptr;
    const int found = X509_CRL_get0_by_cert(crl.get(), &entry, certificate);
    take(out, "crl", found == 1, found == 1 ? X509_REVOKED_get0_revocationDate(entry) : nullptr,
         time);
  }
}

}  // namespace

TrustReport check_trust(const TrustQuestion& question, const Material& material) {
  TrustReport out;
  if (question.certificate == nullptr) return {"no_certificate", {}};
  if (question.anchors->empty()) {
    out.chain.push_back(report_of(question.certificate));
    return out;
  }
  const Ssl<X509_STORE> store(X509_STORE_new());
  for (const Bytes& der : *question.anchors)
    if (const Ssl<X509> anchor = read_certificate(der.view()); anchor != nullptr)
      X509_STORE_add_cert(store.get(), anchor.get());
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> others(
      stack_of(material.certificates), [](STACK_OF(X509) * p) { sk_X509_free(p); });
  const Ssl<X509_STORE_CTX> context(X509_STORE_CTX_new());
  if (X509_STORE_CTX_init(context.get(), store.get(), question.certificate, others.get()) != 1)
    return {"chain_broken", {}};
  X509_VERIFY_PARAM* settings = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(settings, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(settings, question.time);
  X509_VERIFY_PARAM_set_depth(settings, kChainMax);
  X509_VERIFY_PARAM_set_auth_level(settings, 0);  // strength is another answer
  if (question.timestamping)
    X509_VERIFY_PARAM_set_purpose(settings, X509_PURPOSE_TIMESTAMP_SIGN);
  const int verified = X509_verify_cert(context.get());
  out.code = verified == 1 ? "trusted" : code_of(X509_STORE_CTX_get_error(context.get()));
  STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(chain); ++i)
    out.chain.push_back(report_of(sk_X509_value(chain, i)));
  if (out.chain.empty()) out.chain.push_back(report_of(question.certificate));
  return out;
}

RevocationReport check_revocation(X509* certificate, const Material& material, std::time_t time) {
  RevocationReport out;
  if (material.crls.empty() && material.ocsps.empty()) return out;
  X509* at = certificate;
  for (int depth = 0; at != nullptr && depth < kChainMax; ++depth) {
    X509* issuer = issuer_of(at, material);
    if (issuer == nullptr || X509_cmp(issuer, at) == 0) break;
    RevocationReport link;
    ask_ocsps(at, issuer, material, time, link);
    ask_crls(at, issuer, material, time, link);
    // The signer's own state is the answer, unless an authority above was revoked.
    if (depth == 0 || link.code == "revoked") out = link;
    if (out.code == "revoked") break;
    at = issuer;
  }
  return out;
}

AlgorithmReport rate_algorithms(X509* certificate, const std::string& digest) {
  AlgorithmReport out;
  out.digest = digest;
  EVP_PKEY* key = certificate == nullptr ? nullptr : X509_get0_pubkey(certificate);
  if (key == nullptr) return out;
  out.bits = EVP_PKEY_get_bits(key);
  const int type = EVP_PKEY_get_base_id(key);
  const bool is_rsa = type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS;
  out.key = is_rsa                      ? "RSA"
            : type == EVP_PKEY_EC       ? "EC"
            : type == EVP_PKEY_SM2      ? "SM2"
            : type == EVP_PKEY_DSA      ? "DSA"
            : type == EVP_PKEY_ED25519  ? "Ed25519"
            : type == EVP_PKEY_ED448    ? "Ed448"
                                        : "other";
  // SHA-1 and MD5 can be made to collide; keys below these sizes are within reach of breaking
  // (ETSI TS 119 312).
  const bool key_weak = is_rsa || type == EVP_PKEY_DSA ? out.bits < 2048 : out.bits < 224;
  const bool digest_weak = digest == "SHA1" || digest == "MD5" || digest == "MD4" ||
                           digest == "MD2" || digest == "RIPEMD160";
  out.code = digest_weak ? "digest_weak" : key_weak ? "key_weak" : "strong";
  return out;
}

}  // namespace cinnabar::pdf
