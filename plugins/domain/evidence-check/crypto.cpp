#include "crypto.hpp"

#include <cinnabar/digest_state.hpp>

#include <openssl/err.h>
#include <openssl/ts.h>
#include <openssl/x509_vfy.h>

#include <ctime>

namespace cinnabar::evidence {
namespace {

std::int64_t time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return static_cast<std::int64_t>(timegm(&parts)) * 1000;
}

std::string last_error() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code ? ERR_reason_error_string(code) : nullptr;
  ERR_clear_error();
  return reason ? reason : "the signature is wrong";
}

Owned<BIO> reading(std::string_view bytes) {
  return Owned<BIO>(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

std::string octets(const ASN1_OCTET_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string subject_part(const X509* certificate, int kind) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, kind, -1);
  if (at < 0) return {};
  unsigned char* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  std::string out;
  if (size > 0) out.assign(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return out;
}

// The one timestamp token of a signer, DER.
std::string token_of(CMS_SignerInfo* signer) {
  const ASN1_OBJECT* type = OBJ_nid2obj(NID_id_smime_aa_timeStampToken);
  const int at = CMS_unsigned_get_attr_by_OBJ(signer, type, -1);
  if (at < 0 || CMS_unsigned_get_attr_by_OBJ(signer, type, at) >= 0) return {};
  X509_ATTRIBUTE* attribute = CMS_unsigned_get_attr(signer, at);
  const ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(attribute, 0);
  if (X509_ATTRIBUTE_count(attribute) != 1 || !value || value->type != V_ASN1_SEQUENCE) return {};
  return {reinterpret_cast<const char*>(value->value.sequence->data),
          static_cast<std::size_t>(value->value.sequence->length)};
}

}  // namespace

Owned<X509> read_x509(std::string_view der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  Owned<X509> out(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (at != reinterpret_cast<const unsigned char*>(der.data()) + der.size()) out.reset();
  return out;
}

std::string der_of(X509* certificate) {
  std::string out(static_cast<std::size_t>(i2d_X509(certificate, nullptr)), '\0');
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  i2d_X509(certificate, &at);
  return out;
}

std::int64_t not_before_ms(const X509* certificate) {
  return time_of(X509_get0_notBefore(certificate));
}
std::int64_t not_after_ms(const X509* certificate) {
  return time_of(X509_get0_notAfter(certificate));
}

bool self_issued(const X509* certificate) {
  return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
}

std::string common_name(const X509* certificate) {
  return subject_part(certificate, NID_commonName);
}
std::string subject_id(const X509* certificate) {
  return subject_part(certificate, NID_serialNumber);
}

std::string path_fault(X509* certificate, const std::vector<std::string>& others,
                       const std::vector<std::string>& roots, std::int64_t time_ms) {
  const Owned<X509_STORE> store(X509_STORE_new());
  for (const std::string& root : roots)
    if (const Owned<X509> one = read_x509(root)) X509_STORE_add_cert(store.get(), one.get());
  const Owned<STACK_OF(X509)> between(sk_X509_new_null());
  for (const std::string& other : others)
    if (Owned<X509> one = read_x509(other)) sk_X509_push(between.get(), one.release());
  const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), certificate, between.get());
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_ANY);
  X509_VERIFY_PARAM_set_time(rules, static_cast<time_t>(time_ms / 1000));
  const bool good = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  if (good) return {};
  return X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
}

CmsOpened open_cms(std::string_view der, std::string_view content, std::string* own_content) {
  CmsOpened out;
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const Owned<CMS_ContentInfo> cms(
      d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())));
  if (!cms || at != reinterpret_cast<const unsigned char*>(der.data()) + der.size()) {
    out.fault = "it is no CMS signature";
    return out;
  }
  const Owned<STACK_OF(X509)> certificates(CMS_get1_certs(cms.get()));
  for (int i = 0; i < sk_X509_num(certificates.get()); ++i)
    out.certificates.push_back(der_of(sk_X509_value(certificates.get(), i)));
  const Owned<BIO> input = own_content ? nullptr : reading(content);
  const Owned<BIO> output(BIO_new(BIO_s_mem()));
  STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(cms.get());
  if (!signers || sk_CMS_SignerInfo_num(signers) != 1) {
    out.fault = "it has not one signer";
    return out;
  }
  if (CMS_verify(cms.get(), nullptr, nullptr, input.get(), output.get(),
                 CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1) {
    out.fault = last_error();
    return out;
  }
  if (own_content) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(output.get(), &data);
    own_content->assign(data, static_cast<std::size_t>(size));
  }
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(signers, 0);
  X509* certificate = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, &certificate, nullptr, nullptr);
  if (certificate) out.certificate = der_of(certificate);
  out.signature = octets(CMS_SignerInfo_get0_signature(signer));
  out.token = token_of(signer);
  return out;
}

TokenOpened open_token(std::string_view token, std::string_view stamped) {
  TokenOpened out;
  std::string content;
  CmsOpened cms = open_cms(token, {}, &content);
  out.fault = cms.fault;
  out.certificate = std::move(cms.certificate);
  out.certificates = std::move(cms.certificates);
  if (!out.fault.empty()) return out;
  const auto* at = reinterpret_cast<const unsigned char*>(content.data());
  TS_TST_INFO* info = d2i_TS_TST_INFO(nullptr, &at, static_cast<long>(content.size()));
  if (!info) {
    out.fault = "it is no timestamp";
    return out;
  }
  if (octets(TS_MSG_IMPRINT_get_msg(TS_TST_INFO_get_msg_imprint(info))) != sha256(stamped))
    out.fault = "it stamps something else";
  out.time_ms = time_of(TS_TST_INFO_get_time(info));
  TS_TST_INFO_free(info);
  return out;
}

}  // namespace cinnabar::evidence
